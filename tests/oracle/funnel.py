"""Cycles, qualification, hand-off and the first times after it (domain.md §6 and §7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from .contract import Contracts, Version, folded
from .people import Lead, People, Person
from .read import Row

STAGES = (
    ("ready", "ready_at"),
    ("handed_off", "handed_off_at"),
    ("contacted", "first_attempt_at"),
    ("connected", "connected_at"),
    ("accepted", "accepted_at"),
    ("sql", "sql_at"),
    ("opportunity", "opportunity_at"),
    ("won", "won_at"),
)
NO_CAMPAIGN = "(none)"


@dataclass
class Mql:
    """One MQL; every time is null until it is known."""

    person: Person
    cycle: int
    cycle_start: datetime | None
    cycle_end: datetime | None
    version: Version
    score: Decimal | None
    points: dict[str, tuple[Decimal, int]]  # rule → points, matching touches (1 for a fit rule)
    qualified_at: datetime
    touches: list[Row]  # of the cycle
    ready_at: datetime | None = None
    ready_trigger: str | None = None
    handed_off_at: datetime | None = None
    handoff_version: Version | None = None
    rep_id: str | None = None
    span_end: datetime | None = None
    owner_changes: int = 0
    attempts: list[Row] = field(default_factory=list)
    first_attempt_at: datetime | None = None
    connected_at: datetime | None = None
    accepted_at: datetime | None = None
    rejected_at: datetime | None = None
    rejection_reason: str | None = None
    qualified_status_at: datetime | None = None
    recycled_at: datetime | None = None
    confirmations: list[datetime] = field(default_factory=list)
    meeting_confirmed_at: datetime | None = None
    opportunities: list[Row] = field(default_factory=list)
    opportunity_at: datetime | None = None
    sql_at: datetime | None = None
    won_at: datetime | None = None
    lost_at: datetime | None = None
    disposition_at: datetime | None = None
    stopped_at: datetime | None = None
    amount_won: Decimal = Decimal(0)
    first_response: timedelta | None = None

    @property
    def stage(self) -> str:
        """outputs.md: the last of the stages that has a time."""
        found = "qualified"
        for stage, column in STAGES:
            if getattr(self, column) is not None:
                found = stage
        return found

    @property
    def credited_touches(self) -> list[Row]:
        """§10: the touches of the cycle with a campaign, at or before `qualified_at`."""
        return [
            touch
            for touch in self.touches
            if touch["campaign_id"] is not None and touch["occurred_at"] <= self.qualified_at
        ]

    @property
    def first_campaign_id(self) -> str:
        """outputs.md: of the earliest such touch, then the smallest `touch_id`."""
        return str(self.credited_touches[0]["campaign_id"]) if self.credited_touches else NO_CAMPAIGN


def earliest(*instants: datetime | None) -> datetime | None:
    """The earliest of the times that are known."""
    known = [instant for instant in instants if instant is not None]
    return min(known) if known else None


def recycled_moments(person: Person, contracts: Contracts) -> list[datetime]:
    """§6: the moments at which a lead of the person enters a recycled status, each once."""
    moments = set()
    for lead in person.leads:
        for before, after in pairwise(lead.statuses):
            version = contracts.in_force_or_first(after[0])
            if "recycled" in version.group_of(after[1]) and "recycled" not in version.group_of(before[1]):
                moments.add(after[0])
    return sorted(moments)


def record_at(person: Person, instant: datetime) -> Row:
    """§6 Score: the version with the greatest updated_at <= t; before the first version, the first."""
    found = person.versions[0]
    for row in person.versions:
        if row["updated_at"] <= instant:
            found = row
    return found


def score_at(
    person: Person, touches: list[Row], instant: datetime, version: Version
) -> tuple[Decimal, dict[str, tuple[Decimal, int]]]:
    """§6 Score, and which rules gave which points."""
    record = record_at(person, instant)
    points: dict[str, tuple[Decimal, int]] = {}
    for rule in version.fit:
        if rule.matches(record):
            points[rule.rule_id] = (rule.points, 1)
    for engagement in version.engagement:
        count = sum(
            engagement.matches(touch)
            for touch in touches
            if touch["occurred_at"] <= instant
            and (engagement.window is None or touch["occurred_at"] > instant - engagement.window)
        )
        counted = count if engagement.max_count is None else min(engagement.max_count, count)
        if counted:
            points[engagement.rule_id] = (engagement.points * counted, count)
    return sum((given for given, _ in points.values()), Decimal(0)), points


def qualify(
    person: Person,
    cycle: int,
    start: datetime | None,
    end: datetime | None,
    contracts: Contracts,
    complete_through: datetime,
) -> Mql | None:
    """§6 Qualification of one cycle, by whichever basis comes first, each under its own version."""

    def inside(instant: datetime) -> bool:
        if instant >= complete_through:
            return False
        return (start is None or instant >= start) and (end is None or instant < end)

    touches = [touch for touch in person.touches if inside(touch["occurred_at"])]
    scored = {touch["occurred_at"] for touch in touches}
    scored |= {row["updated_at"] for row in person.versions if inside(row["updated_at"])}
    declared = {
        row["declared_mql_at"]
        for row in person.contact_versions
        if row["declared_mql_at"] is not None and inside(row["declared_mql_at"])
    }
    for instant in sorted(scored | declared):
        version = contracts.in_force(instant)
        if version is None:
            continue
        if version.basis == "declared":
            if instant in declared:
                return Mql(person, cycle, start, end, version, None, {}, instant, touches)
            continue
        if instant not in scored or (start is not None and instant < start + version.requalify_after):
            continue
        record = record_at(person, instant)
        if not all(criterion.matches(record) for criterion in version.required):
            continue
        score, points = score_at(person, touches, instant, version)
        if version.threshold is not None and score >= version.threshold:
            return Mql(person, cycle, start, end, version, score, points, instant, touches)
    return None


def set_ready(mql: Mql) -> None:
    """§6 Ready: the first instant >= qualified_at at which some trigger has been reached."""
    triggers = mql.version.triggers
    if not triggers:
        mql.ready_at = mql.qualified_at
        return
    instants = {touch["occurred_at"] for touch in mql.touches if touch["occurred_at"] > mql.qualified_at}
    for instant in sorted(instants | {mql.qualified_at}):
        known = [touch for touch in mql.touches if touch["occurred_at"] <= instant]
        for trigger in triggers:
            if sum(trigger.matches(touch) for touch in known) >= trigger.at_least:
                mql.ready_at, mql.ready_trigger = instant, trigger.rule_id
                return


def set_handoff(mql: Mql, people: People, contracts: Contracts) -> Lead | None:
    """§6 Hand-off; returns the lead that was handed off."""
    leads = mql.person.leads
    instants = {mql.qualified_at}
    instants |= {since for lead in leads for since, _ in lead.owners if since > mql.qualified_at}
    for instant in sorted(instants):
        if mql.cycle_end is not None and instant >= mql.cycle_end:
            return None
        owned = []
        for lead in leads:
            state = lead.state_at(lead.owners, instant)
            if state is not None and people.is_rep(state[1]):
                owned.append((state[0], lead))
        if owned:
            # Of several leads, the one most recently assigned, then the smallest lead_id.
            assigned = max(since for since, _ in owned)
            lead = min(
                (lead for since, lead in owned if since == assigned), key=lambda found: found.lead_id.encode()
            )
            state = lead.state_at(lead.owners, instant)
            assert state is not None
            mql.handed_off_at, mql.rep_id = instant, state[1]
            mql.handoff_version = contracts.in_force(instant)
            return lead
    return None


def status_times(mql: Mql, group: str, contracts: Contracts) -> list[tuple[datetime, Lead]]:
    """§7: when a lead of the person is in such a status within the span (in it at hand-off: then)."""
    assert mql.handed_off_at is not None
    found = []
    for lead in mql.person.leads:
        for position, (since, status) in enumerate(lead.statuses):
            until = lead.statuses[position + 1][0] if position + 1 < len(lead.statuses) else None
            if until is not None and until <= mql.handed_off_at:
                continue
            # The status is read as of the moment the lead came into it.
            if group in contracts.in_force_or_first(since).group_of(status):
                found.append((max(since, mql.handed_off_at), lead))
    return [(moment, lead) for moment, lead in found if mql.span_end is None or moment < mql.span_end]


def is_attempt(activity: Row, people: People) -> bool:
    """§1: by any rep, outbound, not automated, not bounced."""
    return (
        people.is_rep(activity["user_id"])
        and folded(activity["direction"] or "outbound") == "outbound"
        and not activity["is_automated"]
        and folded(activity["outcome"] or "") != "bounced"
    )


def is_connection(activity: Row) -> bool:
    """§1: not automated, and inbound, or with an outcome connected or replied."""
    return not activity["is_automated"] and (
        folded(activity["direction"] or "outbound") == "inbound"
        or folded(activity["outcome"] or "") in ("connected", "replied")
    )


def confirmation(versions: list[Row]) -> datetime | None:
    """§7 `meeting_confirmed_at` of one meeting, whether or not it lies before W."""
    last = versions[-1]
    confirmed_at: datetime | None = last["confirmed_at"]
    if confirmed_at is not None:
        return confirmed_at
    said = [row["updated_at"] for row in versions if folded(row["status"]) in ("confirmed", "held")]
    if not said:
        return None
    return earliest(said[0], last["scheduled_at"])


def set_times(mql: Mql, lead: Lead, people: People, contracts: Contracts, complete_through: datetime) -> None:
    """§7: the first times within the MQL's span."""
    start, version = mql.handed_off_at, mql.handoff_version
    assert start is not None
    assert version is not None
    end = complete_through if mql.span_end is None else min(mql.span_end, complete_through)

    def in_span(instant: datetime | None) -> bool:
        return instant is not None and start <= instant < end

    person = mql.person
    mql.owner_changes = sum(start < since < end for since, _ in lead.owners)
    mql.attempts = [
        row for row in person.activities if in_span(row["occurred_at"]) and is_attempt(row, people)
    ]
    mql.first_attempt_at = mql.attempts[0]["occurred_at"] if mql.attempts else None
    mql.connected_at = earliest(
        *(
            row["occurred_at"]
            for row in person.activities
            if in_span(row["occurred_at"]) and is_connection(row)
        ),
        *(
            row["scheduled_at"]
            for row in person.meetings
            if folded(row["status"]) == "held" and in_span(row["scheduled_at"])
        ),
    )
    accepted, rejected, qualified = (
        sorted(status_times(mql, group, contracts), key=lambda found: (found[0], found[1].lead_id.encode()))
        for group in ("accepted", "rejected", "qualified")
    )
    mql.accepted_at = accepted[0][0] if accepted else None
    mql.qualified_status_at = qualified[0][0] if qualified else None
    if rejected:
        mql.rejected_at = rejected[0][0]
        mql.rejection_reason = rejected[0][1].record["rejection_reason"]
    mql.recycled_at = mql.cycle_end
    mql.confirmations = sorted(
        moment
        for moment in (confirmation(people.meeting_versions[row["meeting_id"]]) for row in person.meetings)
        if moment is not None and in_span(moment)
    )
    mql.meeting_confirmed_at = mql.confirmations[0] if mql.confirmations else None
    mql.opportunities = [row for row in person.opportunities if in_span(row["created_at"])]
    mql.opportunity_at = earliest(*(row["created_at"] for row in mql.opportunities))
    closed = [
        row
        for row in mql.opportunities
        if row["is_closed"] and row["closed_at"] < complete_through  # §3.2: else it hasn't happened
    ]
    won = [row for row in closed if row["is_won"]]
    mql.won_at = earliest(*(row["closed_at"] for row in won))
    mql.amount_won = sum((row["converted"] for row in won), Decimal(0))
    if closed and len(closed) == len(mql.opportunities) and not won:
        mql.lost_at = max(row["closed_at"] for row in closed)
    mql.sql_at = _sql_at(mql, version)
    mql.disposition_at = earliest(mql.accepted_at, mql.rejected_at, mql.sql_at)
    mql.stopped_at = earliest(
        mql.connected_at, mql.accepted_at, mql.rejected_at, mql.sql_at, mql.opportunity_at
    )
    if mql.first_attempt_at is not None:
        mql.first_response = version.calendar.business_time(start, mql.first_attempt_at)


def _sql_at(mql: Mql, version: Version) -> datetime | None:
    if version.sql is None:
        return None
    times: dict[str, datetime | None] = {
        "connected": mql.connected_at,
        "accepted": mql.accepted_at,
        "meeting_confirmed": mql.meeting_confirmed_at,
        "opportunity_created": mql.opportunity_at,
        "qualified_status": mql.qualified_status_at,
    }
    if "all_of" in version.sql:
        wanted = [times[condition] for condition in version.sql["all_of"]]
        known = [moment for moment in wanted if moment is not None]
        return max(known) if len(known) == len(wanted) else None
    return earliest(*(times[condition] for condition in version.sql["any_of"]))


def mqls_of(person: Person, people: People, contracts: Contracts, complete_through: datetime) -> list[Mql]:
    """Every MQL of one person, in the order of the cycles; a sales-sourced person never has one (§4.3)."""
    if person.is_sales_sourced:
        return []
    boundaries: list[Any] = [None, *recycled_moments(person, contracts), None]
    found = []
    for cycle, (start, end) in enumerate(pairwise(boundaries), start=1):
        mql = qualify(person, cycle, start, end, contracts, complete_through)
        if mql is not None:
            found.append(mql)
    for position, mql in enumerate(found):
        # §6: sales events belong to the MQL until the person's next qualified_at.
        mql.span_end = found[position + 1].qualified_at if position + 1 < len(found) else None
        set_ready(mql)
        lead = set_handoff(mql, people, contracts)
        if lead is not None:
            set_times(mql, lead, people, contracts, complete_through)
    return found
