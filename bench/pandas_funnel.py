"""The yardstick *pandas*: the funnel and the first responses, as an analyst who knows pandas would write them.

From the raw Parquet of the benchmark's company to three tables with the product's own numbers: `funnel_by_period`,
`funnel_by_cohort`, and the business seconds from each hand-off to the first attempt. All of it is vectorised, no other
engine is used, and nothing is computed that these tables don't need. The contract's tables, the business calendar and
the instant that everything is stated as of are read by the product's own code: an engine is measured here, not YAML.

It relies on the company's data being clean, and is shorter than the models for it. Records may come late, several times
with the same content, in newer versions, and as contacts that are merged. What is not looked at: deliveries that take
the place of earlier ones, two contents of one record with the same time, loops of merges, words that are spelled
otherwise than in the contract (save in attributes), decimal commas, fractions of seconds and of points, touches of
leads, qualification by declaration, and SQL conditions that need a connection.

Instants are naive UTC. A person is a whole number, and so is a cycle: the place of its row in the table of cycles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dagster_project.contract import calendar_tables, contract_tables, load_contracts
from dagster_project.extracts import complete_through, load_sources, settings_tables

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NOTHING: Any = Decimal(0)
ALWAYS, NEVER = pd.Timestamp(0), pd.Timestamp("2100-01-01")
MICROSECONDS = 1_000_000
SECOND_BITS = 32
SECOND_MASK = 2**SECOND_BITS - 1


@dataclass(frozen=True)
class Figures:
    """Tables with the columns of the product's marts; `first_responses` has person_id, cycle and
    first_response_business_seconds, one row for each MQL, null where there was no attempt."""

    funnel_by_period: pd.DataFrame
    funnel_by_cohort: pd.DataFrame
    first_responses: pd.DataFrame


def figures(home: Path) -> Figures:
    """All figures of a company whose extracts were ingested into `home`. Raises ValueError where its contract asks for
    what this script doesn't know."""
    agreement = read_agreement(home)
    raw = home / "raw"
    versions = contact_versions(raw, agreement)
    leads = latest(raw / "crm/leads", ["lead_id"], LEAD_COLUMNS, agreement.until)
    people = persons(versions, leads, agreement)

    leads = leads[leads.lead_id.isin(people.of_lead.index) & (leads.created_at < agreement.until)]
    changes = lead_changes(raw, leads, agreement)
    owners = states("owner_id", changes, leads, people)
    statuses = with_groups(states("status", changes, leads, people), agreement)
    cycles = cycles_of(people, statuses)
    touches = touches_in_cycles(raw, people, cycles, agreement)
    mqls = qualified(people, cycles, touches, versions, agreement)
    mqls = handed_off(mqls, owners[owners["value"].isin(reps(raw, agreement))], agreement)

    meetings = of_mqls(confirmed_meetings(raw, people, agreement), "confirmed_at", mqls)
    opportunities = of_mqls(current_opportunities(raw, people, agreement), "created_at", mqls)
    attempts = of_mqls(attempts_of_reps(raw, people, agreement), "occurred_at", mqls)
    mqls = with_first_times(mqls, attempts, statuses, meetings, opportunities, agreement)
    return Figures(
        funnel_by_period(people, mqls, meetings, opportunities, spend(raw, agreement), agreement),
        funnel_by_cohort(mqls, agreement),
        first_responses(mqls, people, agreement),
    )


# ---------------------------------------------------------------- the contract


@dataclass(frozen=True)
class Agreement:
    """`versions` are those in force by `until`, in their order; `periods` the months that have begun; `tables` all else
    that is known from the contract and the sources' settings."""

    until: pd.Timestamp
    versions: pd.DataFrame
    periods: pd.DataFrame
    tables: dict[str, pd.DataFrame]

    def of_version(self, table: str, version: int) -> pd.DataFrame:
        """A table's rows of one version."""
        return self.tables[table][self.tables[table].version == version]

    def rules(self, table: str, version: int) -> Iterator[Any]:
        """What one version says in a table, rule by rule."""
        return self.of_version(table, version).itertuples()

    def numbered_versions(self) -> Iterator[tuple[int, Any]]:
        """Each version with its place."""
        return enumerate(self.versions.itertuples())

    def version_at(self, at: pd.Series) -> Integers:
        """The place of the version in force at each instant; -1 before the first."""
        return place(self.versions.effective_at, at)


def read_agreement(home: Path) -> Agreement:
    contracts, sources = load_contracts(home / "contracts"), load_sources(home / "sources.yml")
    instant = complete_through(home, sources, None).instant
    until = pd.Timestamp(instant)
    made = {
        **contract_tables(contracts),
        **calendar_tables(contracts, instant, None),
        **settings_tables(sources),
    }
    tables = {name: table.to_pandas() for name, table in made.items()}

    days, versions, periods = tables["local_days"], tables["contract_versions"], tables["periods"]
    today = days.local_date[days.starts_at < until].max()
    versions = versions[versions.is_signed & (versions.signed_on <= today)].sort_values("effective_at")
    if set(versions.basis) != {"scored"}:
        raise ValueError("this yardstick knows no qualification by declaration")
    begun = (periods.starts_at >= versions.effective_at.min()) & (periods.starts_at < until)
    return Agreement(until, versions.reset_index(drop=True), periods[begun].reset_index(drop=True), tables)


def place(starts: pd.Series, at: pd.Series) -> Integers:
    """The place of the last start at or before each instant; -1 before the first."""
    return np.searchsorted(starts.to_numpy(), at.to_numpy(), side="right") - 1


# ---------------------------------------------------------------- what is read

LEAD_COLUMNS = ["created_at", "contact_id", "email", "owner_id", "status", "is_deleted"]


def latest(folder: Path, key: list[str], columns: list[str], until: pd.Timestamp) -> pd.DataFrame:
    """The records of an object, each in its latest version."""
    records = pd.read_parquet(folder, columns=[*key, "updated_at", *columns])
    records = records[records.updated_at < until].sort_values("updated_at", kind="stable")
    return records.drop_duplicates(key, keep="last")


def contact_versions(raw: Path, agreement: Agreement) -> pd.DataFrame:
    """Every version of every contact, in the order of time, with the attributes that the contract asks about."""
    attributes = agreement.tables["contract_criteria"].attribute.unique().tolist()
    columns = ["contact_id", "created_at", "updated_at", "email", "merged_into_contact_id", "is_deleted"]
    versions = pd.read_parquet(raw / "marketing/contacts", columns=[*columns, *attributes])
    versions = versions[versions.updated_at < agreement.until].drop_duplicates(["contact_id", "updated_at"])
    versions = versions.astype(dict.fromkeys(attributes, "category"))
    return versions.sort_values("updated_at", kind="stable")


def in_contract_currency(records: pd.DataFrame, source: str, agreement: Agreement) -> pd.Series:
    """Amounts by the rates of their source, exact."""
    rates = agreement.tables["exchange_rates"]
    rates = rates[rates.source == source]
    rate = dict(zip(rates.currency, rates.rate, strict=True)) | {
        agreement.versions.currency.iloc[0]: Decimal(1)
    }
    return records.amount.fillna(NOTHING) * records.currency.map(rate)


# ---------------------------------------------------------------- people


@dataclass(frozen=True)
class People:
    """The id of each person and when they were first seen; the person of each contact and of each lead, by id."""

    ids: pd.Index
    first_seen_at: pd.Series
    of_contact: pd.Series
    of_lead: pd.Series

    def of_events(self, events: pd.DataFrame) -> pd.DataFrame:
        """The events of somebody known, with their person: their lead's, else their contact's."""
        person = events.lead_id.map(self.of_lead).fillna(events.contact_id.map(self.of_contact))
        return events.assign(person=person)[person.notna()].astype({"person": np.int64})


def persons(versions: pd.DataFrame, leads: pd.DataFrame, agreement: Agreement) -> People:
    contacts = versions.drop_duplicates("contact_id", keep="last").set_index("contact_id")
    contacts = contacts.sort_values(["created_at", "contact_id"])
    contacts["own_email"] = own_email(contacts.email, agreement)
    merged_into = contacts.merged_into_contact_id.dropna()
    merged_into = merged_into[merged_into.isin(contacts.index)]
    survivor = merged_into
    while (further := survivor.map(merged_into)).notna().any():
        survivor = further.fillna(survivor)
    contacts["is_survivor"] = ~contacts.index.isin(merged_into.index)
    contacts["survivor"] = contacts.index.to_series()
    contacts.loc[survivor.index, "survivor"] = survivor

    # The oldest of the contacts that share an e-mail gives the person its id.
    survivors = contacts[contacts.is_survivor & ~contacts.is_deleted].reset_index()
    by_email = survivors.groupby(survivors.own_email.fillna(survivors.contact_id))
    survivors["person_id"] = by_email.contact_id.transform("first")
    contacts["person_id"] = contacts.survivor.map(survivors.set_index("contact_id").person_id)
    known = contacts[contacts.person_id.notna()]

    leads = leads[~leads.is_deleted].sort_values(["created_at", "lead_id"]).set_index("lead_id")
    leads["own_email"] = own_email(leads.email, agreement)
    with_email = known[known.own_email.notna()].sort_values("is_survivor", ascending=False, kind="stable")
    person_of_email = with_email.drop_duplicates("own_email").set_index("own_email").person_id
    leads["person_id"] = leads.contact_id.map(known.person_id).fillna(leads.own_email.map(person_of_email))
    unknown = leads[leads.person_id.isna() & ~leads.contact_id.isin(contacts.index)].reset_index()
    sales_sourced = unknown.groupby(unknown.own_email.fillna(unknown.lead_id)).lead_id.transform("first")
    leads.loc[unknown.lead_id, "person_id"] = ("lead:" + sales_sourced).to_numpy()
    leads = leads[leads.person_id.notna()]

    records = pd.concat([known[["person_id", "created_at"]], leads[["person_id", "created_at"]]])
    first_seen_at = records.groupby("person_id").created_at.min()
    ids = first_seen_at.index
    return People(
        ids=ids,
        first_seen_at=first_seen_at,
        of_contact=pd.Series(ids.get_indexer(pd.Index(known.person_id)), known.index, dtype=np.int64),
        of_lead=pd.Series(ids.get_indexer(pd.Index(leads.person_id)), leads.index, dtype=np.int64),
    )


def own_email(email: pd.Series, agreement: Agreement) -> pd.Series:
    """The e-mails that stand for one human being: a shared mailbox is nobody's."""
    shared = agreement.tables["shared_emails"].groupby("kind")["value"].agg(list)
    email = email.str.lower()
    is_shared = email.isin(shared.get("mailbox", [])) | email.str.partition("@")[0].isin(
        shared.get("name", [])
    )
    return email.mask(is_shared)


# ---------------------------------------------------------------- leads and cycles


def lead_changes(raw: Path, leads: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    """What changed of each of the leads, in the order of time."""
    columns = ["history_id", "lead_id", "field", "old_value", "new_value", "changed_at"]
    history = pd.read_parquet(raw / "crm/lead_history", columns=columns)
    history = history[history.changed_at < agreement.until].drop_duplicates("history_id")
    changes = history.merge(leads[["lead_id", "created_at"]], on="lead_id")
    return changes.sort_values(["lead_id", "changed_at", "history_id"])


def states(field: str, changes: pd.DataFrame, leads: pd.DataFrame, people: People) -> pd.DataFrame:
    """What a field of each lead was: lead_id, person, value, previous, is_first, valid_from, valid_to."""
    changes = changes[changes.field == field]
    replaced = changes.drop_duplicates("lead_id").set_index("lead_id").old_value
    first = pd.DataFrame({"lead_id": leads.lead_id, "valid_from": leads.created_at})
    first["value"] = leads.lead_id.map(replaced).fillna(leads[field])
    later = pd.DataFrame({"lead_id": changes.lead_id, "value": changes.new_value})
    later["valid_from"] = changes[["changed_at", "created_at"]].max(axis=1)
    values = pd.concat([first, later]).sort_values(["lead_id", "valid_from"], kind="stable")
    values = values.drop_duplicates(
        ["lead_id", "valid_from"], keep="last"
    )  # at one instant the last is a state

    values["previous"] = values.groupby("lead_id")["value"].shift()
    values["is_first"] = ~values.duplicated("lead_id")
    values = values[values.is_first | (values["value"] != values.previous)].reset_index(drop=True)
    values["valid_to"] = values.groupby("lead_id").valid_from.shift(-1).fillna(NEVER)
    return values.assign(person=values.lead_id.map(people.of_lead))


def with_groups(statuses: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    """The statuses that the contract names, by its groups under the version at the change; and whether each entered."""
    read_under = np.maximum(agreement.version_at(statuses.valid_from), 0)
    statuses = statuses.assign(version=agreement.versions.version.to_numpy()[read_under])
    groups = agreement.tables["contract_statuses"]
    statuses = statuses.merge(groups.rename(columns={"status": "value"}), on=["version", "value"])
    before = groups.rename(columns={"status": "previous"}).assign(was_in_group=True)
    statuses = statuses.merge(before, on=["version", "previous", "status_group"], how="left")
    return statuses.assign(is_entry=~statuses.is_first & statuses.was_in_group.isna())


def cycles_of(people: People, statuses: pd.DataFrame) -> pd.DataFrame:
    """The runs of each of marketing's persons: person, cycle (1, 2, …), starts_at, ends_at."""
    marketing = np.unique(people.of_contact)
    recycled = statuses[
        (statuses.status_group == "recycled") & statuses.is_entry & statuses.person.isin(marketing)
    ]
    starts = pd.DataFrame({"person": marketing, "starts_at": ALWAYS})
    recycled = recycled[["person", "valid_from"]].rename(columns={"valid_from": "starts_at"})
    cycles = (
        pd.concat([starts, recycled])
        .drop_duplicates()
        .sort_values(["person", "starts_at"], ignore_index=True)
    )
    by_person = cycles.groupby("person")
    return cycles.assign(cycle=by_person.cumcount() + 1, ends_at=by_person.starts_at.shift(-1).fillna(NEVER))


# ---------------------------------------------------------------- qualification


def moments(owner: Any, at: pd.Series) -> Integers:
    """A number for each instant of a person or a cycle, which sorts by owner and time."""
    return np.asarray(owner, np.int64) << SECOND_BITS | seconds(at)


def seconds(at: pd.Series) -> Integers:
    """Whole seconds since 1970."""
    return at.to_numpy().astype("datetime64[s]").astype(np.int64)


def last_before(starts: Integers, moment: Integers) -> Integers:
    """The place of the last of the sorted starts at or before each moment."""
    return np.searchsorted(starts, moment, side="right") - 1


def touches_in_cycles(raw: Path, people: People, cycles: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    """The touches of marketing's persons by cycle and time: moment, touch_type, content_type."""
    columns = ["touch_id", "contact_id", "occurred_at", "touch_type", "content_type"]
    touches = pd.read_parquet(raw / "marketing/touches", columns=columns)
    touches = touches.astype({"touch_type": "category", "content_type": "category"})
    touches = touches[touches.occurred_at < agreement.until].drop_duplicates("touch_id")
    person = touches.contact_id.map(people.of_contact)
    touches, person = touches[person.notna()], person[person.notna()]
    cycle = last_before(moments(cycles.person, cycles.starts_at), moments(person, touches.occurred_at))
    touches = touches[["touch_type", "content_type"]].assign(moment=moments(cycle, touches.occurred_at))
    return touches.sort_values("moment", ignore_index=True)


def qualified(
    people: People, cycles: pd.DataFrame, touches: pd.DataFrame, versions: pd.DataFrame, agreement: Agreement
) -> pd.DataFrame:
    """The first moment of each cycle at which something happened and the definition in force was met: the cycle's
    columns, with its place as `run`, and qualified_at."""
    # A person's record is that of the contact who gives the person the id.
    records = versions.assign(person=people.ids.get_indexer(pd.Index(versions.contact_id)))
    records = records[records.person >= 0].sort_values(["person", "updated_at"])
    updated = moments(records.person, records.updated_at)
    run = last_before(moments(cycles.person, cycles.starts_at), updated)
    happened = np.union1d(touches.moment, moments(run, records.updated_at))
    # The first record is in force from the beginning.
    in_force_from = moments(records.person, records.updated_at.where(records.person.duplicated(), ALWAYS))

    version_then = agreement.version_at(pd.Series((happened & SECOND_MASK).astype("datetime64[s]")))
    cycle_starts, persons_of_cycles = seconds(cycles.starts_at), cycles.person.to_numpy()
    found: list[Integers] = []
    for number, version in agreement.numbered_versions():
        now = happened[version_then == number]
        started = cycle_starts[now >> SECOND_BITS]
        since_start = (now & SECOND_MASK) - started
        now = now[(started == 0) | (since_start >= version.requalify_after_microseconds // MICROSECONDS)]
        person_now = persons_of_cycles[now >> SECOND_BITS]
        record = last_before(in_force_from, person_now << SECOND_BITS | now & SECOND_MASK)
        fit, meets_required = fit_of(records, version.version, agreement)
        now, record = now[meets_required[record]], record[meets_required[record]]
        score = fit[record] + engagement_at(now, touches, version.version, agreement)
        found.append(now[score >= float(version.threshold)])

    moment = np.sort(np.concatenate(found))
    mqls = pd.DataFrame(
        {"run": moment >> SECOND_BITS, "qualified_at": (moment & SECOND_MASK).astype("datetime64[s]")}
    )
    mqls = mqls.drop_duplicates("run").astype({"qualified_at": "datetime64[us]"})
    return mqls.join(cycles, on="run").reset_index(drop=True)


def fit_of(
    records: pd.DataFrame, version: int, agreement: Agreement
) -> tuple[npt.NDArray[np.float64], Flags]:
    """Of each record the points for who the person is, and whether all that is required holds."""
    points, meets_required = np.zeros(len(records)), np.ones(len(records), dtype=bool)
    wanted = agreement.of_version("contract_criterion_values", version)
    for rule in agreement.rules("contract_criteria", version):
        words = wanted[(wanted.part == rule.part) & (wanted.criterion_id == rule.criterion_id)]
        values = records[rule.attribute].cat
        matches = np.append(
            matching(values.categories.to_series(), rule, words), False
        )  # the last is of nulls
        of_records = matches[values.codes.to_numpy()]
        if rule.part == "required":
            meets_required &= of_records
        else:
            points += float(rule.points) * of_records
    return points, meets_required


def matching(values: pd.Series, rule: Any, words: pd.DataFrame) -> Flags:
    """Which values meet a criterion."""
    matches = np.ones(len(values), dtype=bool)
    numbers = pd.to_numeric(values, errors="coerce")
    if rule.has_one_of:
        matches &= comparable(values).isin(comparable(words["value"])).to_numpy()
    if rule.has_phrase:
        phrases = "|".join(in_words(words["value"]))
        matches &= in_words(values).str.contains(phrases).to_numpy(bool)
    if rule.at_least is not None:
        matches &= (numbers >= float(rule.at_least)).to_numpy()
    if rule.at_most is not None:
        matches &= (numbers <= float(rule.at_most)).to_numpy()
    return matches


def comparable(texts: pd.Series) -> pd.Series:
    """Trimmed, lower case, without accents."""
    return texts.str.strip().str.lower().str.normalize("NFD").str.replace(r"[\u0300-\u036f]", "", regex=True)


def in_words(texts: pd.Series) -> pd.Series:
    """The words, a blank around each."""
    return " " + comparable(texts).str.findall(r"[^\W_]+").str.join(" ") + " "


def engagement_at(
    now: Integers, touches: pd.DataFrame, version: int, agreement: Agreement
) -> npt.NDArray[np.float64]:
    """At each moment of a cycle the points for what the person did in it."""
    points = np.zeros(len(now))
    words = agreement.of_version("contract_touch_words", version)
    words = words[words.rule_kind == "engagement"]
    for rule in agreement.rules("contract_engagement", version):
        counts = np.ones(len(touches), dtype=bool)
        for column, named in words[words.rule_id == rule.rule_id].groupby("column_name"):
            counts &= touches[column].isin(named.word).to_numpy()
        counted = touches.moment.to_numpy()[counts]
        window = (
            SECOND_MASK
            if pd.isna(rule.window_microseconds)
            else int(rule.window_microseconds) // MICROSECONDS
        )
        before_cycle = (now >> SECOND_BITS << SECOND_BITS) - 1
        count = last_before(counted, now) - last_before(counted, np.maximum(now - window, before_cycle))
        points += float(rule.points) * np.fmin(count, rule.max_count)
    return points


# ---------------------------------------------------------------- hand-off, and what came after


def reps(raw: Path, agreement: Agreement) -> pd.Series:
    users = latest(raw / "crm/users", ["user_id"], ["department"], agreement.until)
    return users[users.department == "sales"].user_id


def handed_off(mqls: pd.DataFrame, rep_owners: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    """The MQLs with handed_off_at, the place of the version then, and span_ends_at."""
    owned = mqls.merge(rep_owners, on="person")
    owned = owned[(owned.valid_from < owned.ends_at) & (owned.valid_to > owned.qualified_at)]
    handed_off_at = owned[["valid_from", "qualified_at"]].max(axis=1).groupby(owned.run).min()
    mqls = mqls.assign(
        handed_off_at=mqls.run.map(handed_off_at),
        span_ends_at=mqls.groupby("person").qualified_at.shift(-1).fillna(NEVER),
    )
    return mqls.assign(version=agreement.version_at(mqls.handed_off_at.fillna(ALWAYS)))


def of_mqls(events: pd.DataFrame, at: str, mqls: pd.DataFrame) -> pd.DataFrame:
    """The events in an MQL's span, with its `run`."""
    spans = mqls.loc[mqls.handed_off_at.notna(), ["person", "run", "handed_off_at", "span_ends_at"]]
    spans = spans.sort_values("handed_off_at")
    events = pd.merge_asof(events.sort_values(at), spans, left_on=at, right_on="handed_off_at", by="person")
    return events[events[at] < events.span_ends_at].astype({"run": np.int64})


def attempts_of_reps(raw: Path, people: People, agreement: Agreement) -> pd.DataFrame:
    """Outbound, not automated, not bounced."""
    columns = [
        "activity_id",
        "lead_id",
        "contact_id",
        "user_id",
        "direction",
        "occurred_at",
        "outcome",
        "is_automated",
    ]
    activities = pd.read_parquet(raw / "crm/activities", columns=columns)
    activities = activities[
        (activities.direction == "outbound")
        & ~activities.is_automated
        & (activities.outcome != "bounced")
        & (activities.occurred_at < agreement.until)
        & activities.user_id.isin(reps(raw, agreement))
    ]
    return people.of_events(activities.drop_duplicates("activity_id"))


def confirmed_meetings(raw: Path, people: People, agreement: Agreement) -> pd.DataFrame:
    """By its own date; without one when it was first seen confirmed, or took place if that is earlier."""
    columns = ["meeting_id", "updated_at", "lead_id", "contact_id", "status", "scheduled_at", "confirmed_at"]
    versions = pd.read_parquet(raw / "crm/meetings", columns=columns)
    versions = versions[versions.updated_at < agreement.until].sort_values("updated_at", kind="stable")
    confirmed = versions[versions.status.isin(["confirmed", "held"])]
    seen_at = confirmed.groupby("meeting_id").updated_at.min()
    meetings = versions.drop_duplicates("meeting_id", keep="last")
    seen_at = meetings.meeting_id.map(seen_at)
    seen_at = seen_at.where(~(meetings.scheduled_at < seen_at), meetings.scheduled_at)
    meetings = meetings.assign(confirmed_at=meetings.confirmed_at.fillna(seen_at))
    return people.of_events(meetings[meetings.confirmed_at < agreement.until])


def current_opportunities(raw: Path, people: People, agreement: Agreement) -> pd.DataFrame:
    """What is not deleted, open where it closes later; amounts in the contract's currency."""
    columns = [
        "created_at",
        "lead_id",
        "contact_id",
        "amount",
        "currency",
        "is_closed",
        "is_won",
        "closed_at",
        "is_deleted",
    ]
    opportunities = latest(raw / "crm/opportunities", ["opportunity_id"], columns, agreement.until)
    opportunities = opportunities[~opportunities.is_deleted & (opportunities.created_at < agreement.until)]
    is_closed = opportunities.is_closed & (opportunities.closed_at < agreement.until)
    opportunities = opportunities.assign(
        amount=in_contract_currency(opportunities, "crm", agreement),
        is_won=is_closed & opportunities.is_won,
        is_lost=is_closed & ~opportunities.is_won,
    )
    return people.of_events(opportunities)


def with_first_times(
    mqls: pd.DataFrame,
    attempts: pd.DataFrame,
    statuses: pd.DataFrame,
    meetings: pd.DataFrame,
    opportunities: pd.DataFrame,
    agreement: Agreement,
) -> pd.DataFrame:
    """The MQLs with first_attempt_at, opportunity_at, won_at, lost_at and sql_at."""
    won, by_mql = opportunities[opportunities.is_won], opportunities.groupby("run")
    lost_at = by_mql.closed_at.max()[by_mql.is_lost.all()]
    mqls = mqls.assign(
        first_attempt_at=mqls.run.map(attempts.groupby("run").occurred_at.min()),
        opportunity_at=mqls.run.map(by_mql.created_at.min()),
        won_at=mqls.run.map(won.groupby("run").closed_at.min()),
        lost_at=mqls.run.map(lost_at),
    )
    conditions = {
        "accepted": since_in_group("accepted", mqls, statuses),
        "qualified_status": since_in_group("qualified", mqls, statuses),
        "meeting_confirmed": mqls.run.map(meetings.groupby("run").confirmed_at.min()),
        "opportunity_created": mqls.opportunity_at,
    }
    mqls["sql_at"] = pd.NaT
    for number, version in agreement.numbered_versions():
        asked = agreement.of_version("contract_sql_conditions", version.version).condition
        if not set(asked) <= set(conditions):
            raise ValueError(f"this yardstick knows no SQL by {', '.join(set(asked) - set(conditions))}")
        times = pd.DataFrame({condition: conditions[condition] for condition in asked})
        sql_at = times.min(axis=1) if version.sql_mode == "any_of" else times.max(axis=1, skipna=False)
        mqls["sql_at"] = sql_at.where(mqls.version == number, mqls.sql_at)
    return mqls


def since_in_group(group: str, mqls: pd.DataFrame, statuses: pd.DataFrame) -> pd.Series:
    """When a lead of each MQL's person was first in a status of the group, from the hand-off on."""
    states = mqls.merge(statuses[statuses.status_group == group], on="person", suffixes=("", "_read_under"))
    states = states[(states.valid_to > states.handed_off_at) & (states.valid_from < states.span_ends_at)]
    reached_at = states[["valid_from", "handed_off_at"]].max(axis=1)
    return mqls.run.map(reached_at.groupby(states.run).min())


def spend(raw: Path, agreement: Agreement) -> pd.DataFrame:
    """What campaigns cost on the days that have ended, with the day's start."""
    records = latest(
        raw / "marketing/campaign_spend",
        ["campaign_id", "spend_date"],
        ["amount", "currency"],
        agreement.until,
    )
    days = agreement.of_version("local_days", int(agreement.versions.version.iloc[0]))
    ended = days[days.ends_at <= agreement.until]
    records = records.assign(amount=in_contract_currency(records, "marketing", agreement))
    return records.merge(ended, left_on="spend_date", right_on="local_date")


# ---------------------------------------------------------------- the tables


def period_of(at: pd.Series, agreement: Agreement) -> pd.Series:
    """The month in which each instant lies, by the clock of the contract; null outside the agreement's months."""
    periods = agreement.periods
    found = place(periods.starts_at, at.fillna(ALWAYS))
    period = pd.Series(periods.period.to_numpy()[found], index=at.index, dtype=object)
    return period.where((found >= 0) & at.notna() & (at < periods.ends_at.iloc[-1]))


def funnel_by_period(
    people: People,
    mqls: pd.DataFrame,
    meetings: pd.DataFrame,
    opportunities: pd.DataFrame,
    spend: pd.DataFrame,
    agreement: Agreement,
) -> pd.DataFrame:
    first_seen_at = people.first_seen_at
    happened = {
        "leads": first_seen_at[first_seen_at < agreement.until],
        "mqls_qualified": mqls.qualified_at,
        "mqls_delivered": mqls.handed_off_at,
        "sqls": mqls.sql_at,
        "opportunities": mqls.opportunity_at,
        "meetings_confirmed": meetings.confirmed_at,
        "customers_won": mqls.won_at,
        "lost": mqls.lost_at,
    }
    won = opportunities[opportunities.is_won]
    paid = {"revenue_won": (won.amount, won.closed_at), "spend": (spend.amount, spend.starts_at)}
    counts = {name: period_of(at, agreement).value_counts() for name, at in happened.items()}
    sums = {name: amount.groupby(period_of(at, agreement)).sum() for name, (amount, at) in paid.items()}
    funnel = pd.DataFrame({**counts, **sums}, index=pd.Index(agreement.periods.period, name="period"))
    funnel[list(counts)] = funnel[list(counts)].fillna(0).astype(np.int64)
    return funnel.fillna(NOTHING).reset_index()


def funnel_by_cohort(mqls: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    mqls = mqls[mqls.handed_off_at.notna()]
    period = period_of(mqls.handed_off_at, agreement)
    done = {"sqls": mqls.sql_at, "opportunities": mqls.opportunity_at, "customers": mqls.won_at}
    within = {"sqls": "sql", "opportunities": "opportunity", "customers": "customer"}
    counts = {
        "mqls": mqls.run.groupby(period).count(),
        **{name: at.groupby(period).count() for name, at in done.items()},
    }
    shares = {}
    for name, done_at in done.items():
        promised = agreement.versions[f"{within[name]}_within_microseconds"].take(mqls.version.to_numpy())
        due_at = mqls.handed_off_at + pd.to_timedelta(promised.to_numpy(), unit="us")
        is_decided = (due_at < agreement.until) | (done_at <= due_at)
        shares[f"{name}_decided_share"] = is_decided.groupby(period).mean()
    cohorts = pd.DataFrame({**counts, **shares}, index=pd.Index(agreement.periods.period, name="period"))
    cohorts[list(counts)] = cohorts[list(counts)].fillna(0).astype(np.int64)
    return cohorts.reset_index()


def first_responses(mqls: pd.DataFrame, people: People, agreement: Agreement) -> pd.DataFrame:
    answered = mqls[mqls.first_attempt_at.notna()]
    response = pd.Series(np.nan, index=mqls.index)
    for number, version in agreement.numbered_versions():
        here = answered[answered.version == number]
        intervals = agreement.of_version("business_intervals", version.version)
        passed = business_time(here.first_attempt_at, intervals) - business_time(
            here.handed_off_at, intervals
        )
        response[here.index] = passed / MICROSECONDS
    return pd.DataFrame(
        {
            "person_id": people.ids.take(mqls.person.to_numpy()),
            "cycle": mqls.cycle,
            "first_response_business_seconds": response,
        }
    )


def business_time(at: pd.Series, intervals: pd.DataFrame) -> Integers:
    """Microseconds of business time from the calendar's beginning to each instant."""
    interval = place(intervals.opens_at, at)
    opened, closes = (intervals[column].to_numpy()[interval] for column in ("opens_at", "closes_at"))
    passed = (np.minimum(at.to_numpy(), closes) - opened).astype("timedelta64[us]").astype(np.int64)
    return np.where(interval >= 0, intervals.business_microseconds_before.to_numpy()[interval] + passed, 0)
