"""What the CRM keeps of leads: their owners, their statuses, and the history of both.

What belongs here: leads and their changes. What doesn't: activities, meetings and opportunities
(`sales`), nor why anything changed (`followup`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import company
from .clock import DAY, HOUR, MINUTE, NEVER
from .columns import blanked, dates, delivered, ids, instants, late, own_day, words
from .draws import Flags, Whole, below, choose_by_row, happens
from .funnel import Funnel, Leads
from .history import LEAD_HISTORY, LEADS, USERS
from .marketing import addresses
from .people import People
from .setting import Setting

QUEUE, INTEGRATION = 0, 1
_OTHER_USERS = (
    ("Leads por repartir", "queue"),
    ("Enlace de sistemas", "integration"),
    ("Mar Ejemplo", "marketing"),
    ("Nilo Muestra", "marketing"),
    ("Olga Prueba", "marketing"),
)
FIRST_REP = len(_OTHER_USERS)
STATUSES = ("New", "Working", "Unqualified", "Qualified", "Nurture")
NEW, WORKING, UNQUALIFIED, QUALIFIED, NURTURE = range(5)

LATE_CHANGE_SHARE = 0.006
NO_CONTACT_ID_SHARE = 0.05
DELETED_LEAD_SHARE = 0.002


@dataclass(frozen=True)
class SalesSourced:
    """Leads that reps brought themselves: parallel arrays."""

    created_at: Whole
    rep: Whole
    decided_at: Whole
    is_accepted: Flags
    known_person: Whole  # whose e-mail address the lead has, or -1


@dataclass(frozen=True)
class Changes:
    """Changes of leads' owners and statuses: parallel arrays, in the order of lead and time."""

    lead: Whole
    at: Whole
    is_owner: Flags
    old: Whole
    new: Whole
    by: Whole


def users_table(rng: np.random.Generator, setting: Setting, dump_days: Whole) -> pa.Table:
    """Everybody with an account, whole on every dump day, a rep from some days before the first one."""
    reps = len(setting.rep_starts)
    names = [name for name, _ in _OTHER_USERS]
    names += [
        company.REP_NAMES[i] if i < len(company.REP_NAMES) else f"{company.REP_NAMES[i % 12]} {i + 1}"
        for i in range(reps)
    ]
    departments = [department for _, department in _OTHER_USERS] + ["sales"] * reps
    starts = np.concatenate([np.zeros(FIRST_REP, dtype=np.int64), setting.rep_starts])
    ends = np.concatenate([np.full(FIRST_REP, NEVER), setting.rep_ends])
    count = len(names)
    user = np.tile(np.arange(count), len(dump_days))
    day = np.repeat(dump_days, count)
    known = starts[user] <= (day + 5) * DAY
    user, day = user[known], day[known]
    has_left = ends[user] <= (day + 1) * DAY
    since = np.where(starts > 0, starts // DAY, setting.start_at // DAY - 400 - np.arange(count) * 23)
    updated_at = np.where(has_left, ends[user] - 6 * HOUR, (since[user] - 5) * DAY + 10 * HOUR)
    last_day = np.where(has_left, ends[user] // DAY - 1, 0)
    table = pa.table(
        [
            ids("U", user, 4),
            words(names, user),
            words(departments, user),
            pa.array(~has_left),
            dates(since[user], missing=user < FIRST_REP),
            dates(last_day, missing=~has_left),
            instants(updated_at),
        ],
        schema=pa.schema(list(USERS)[:-1]),
    )
    return delivered(rng, setting, table, day)


def simulate_sales_sourced(
    rng: np.random.Generator, setting: Setting, people: People, share: float
) -> SalesSourced:
    """Leads of people whom marketing doesn't know, and of a few whom it does: a share of the people."""
    known_people = len(people.arrived_at)
    size = int(known_people * share)
    days = setting.end_at - setting.start_at
    created_at = np.sort(
        setting.working_time.after(setting.start_at + below(rng, days, size), below(rng, HOUR, size)),
        kind="stable",
    )
    weights, row = setting.active_reps(np.minimum(created_at, setting.end_at))
    decided_at = setting.working_time.after(created_at, below(rng, 40, size) * HOUR + 35 * MINUTE)
    is_known = happens(rng, 0.08, size)
    return SalesSourced(
        created_at=created_at,
        rep=choose_by_row(rng, weights, row),
        decided_at=decided_at,
        is_accepted=happens(rng, 0.55, size),
        known_person=np.where(is_known, below(rng, known_people, size), -1),
    )


def lead_changes(setting: Setting, funnel: Funnel, sourced: SalesSourced) -> Changes:
    """Every change of owner and status before the end; a change to the same value is none."""
    leads = funnel.leads
    parts: list[tuple[Whole, Whole, bool, Whole, Whole]] = []

    def add(lead: Whole, at: Whole, is_owner: bool, value: Whole | int, by: Whole | int) -> None:
        size = len(lead)
        parts.append((lead, at, is_owner, np.broadcast_to(value, size), np.broadcast_to(by, size)))

    for number, cycle in enumerate(funnel.cycles):
        work, lead = cycle.work, cycle.lead
        marketer = 2 + lead % 3
        rep = FIRST_REP + work.rep
        reassigned_at = np.where(work.reassigned_at < work.recycled_at, work.reassigned_at, NEVER)
        last_rep = FIRST_REP + np.where(reassigned_at < NEVER, work.second_rep, work.rep)
        if number:
            add(lead, np.where(cycle.is_returning, cycle.entered_at, NEVER), False, NEW, INTEGRATION)
        add(lead, np.where(cycle.had_owner, NEVER, work.handed_off_at), True, rep, marketer)
        add(lead, reassigned_at, True, FIRST_REP + work.second_rep, rep)
        add(lead, work.accepted_at, False, WORKING, last_rep)
        add(lead, work.rejected_at, False, UNQUALIFIED, last_rep)
        add(lead, work.qualified_status_at, False, QUALIFIED, last_rep)
        add(lead, work.recycled_at, False, NURTURE, last_rep)
        add(lead, np.where(work.keeps_owner, NEVER, work.recycled_at), True, QUEUE, last_rep)
    own = len(leads.person) + np.arange(len(sourced.rep))
    by = FIRST_REP + sourced.rep
    add(own, sourced.decided_at, False, np.where(sourced.is_accepted, WORKING, UNQUALIFIED), by)

    lead = np.concatenate([part[0] for part in parts])
    at = np.concatenate([part[1] for part in parts])
    is_owner = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    new = np.concatenate([part[3] for part in parts])
    by = np.concatenate([part[4] for part in parts])
    known = at < setting.end_at
    lead, at, is_owner, new, by = lead[known], at[known], is_owner[known], new[known], by[known]
    order = np.lexsort((at, is_owner, lead))
    lead, at, is_owner, new, by = lead[order], at[order], is_owner[order], new[order], by[order]

    first_owner = _first_owners(leads, sourced)
    is_first = np.ones(len(lead), dtype=bool)
    is_first[1:] = (lead[1:] != lead[:-1]) | (is_owner[1:] != is_owner[:-1])
    before = np.concatenate([np.zeros(1, dtype=np.int64), new[:-1]])
    old = np.where(is_first, np.where(is_owner, first_owner[lead], NEW), before)
    real = old != new
    lead, at, is_owner, old, new, by = (a[real] for a in (lead, at, is_owner, old, new, by))
    order = np.lexsort((is_owner, at, lead))
    return Changes(*(a[order] for a in (lead, at, is_owner, old, new, by)))


def _first_owners(leads: Leads, sourced: SalesSourced) -> Whole:
    """Who owns each lead when it is created; the sales-sourced ones follow the others."""
    of_known = np.where(leads.first_rep >= 0, FIRST_REP + leads.first_rep, QUEUE)
    return np.concatenate([of_known, FIRST_REP + sourced.rep])


def user_ids(users: Whole) -> pa.Array:
    """The ids of users by their number."""
    return ids("U", users, 4)


def lead_history_table(
    rng: np.random.Generator, setting: Setting, changes: Changes, repeated_share: float
) -> pa.Table:
    """One row a change."""
    order = np.lexsort((changes.lead, changes.at))
    lead, at, is_owner = changes.lead[order], changes.at[order], changes.is_owner[order]
    old, new = changes.old[order], changes.new[order]

    def value(of: Whole) -> pa.Array:
        status = words(STATUSES, np.where(is_owner, 0, of))
        return pc.if_else(pa.array(is_owner), user_ids(of), status)

    table = pa.table(
        [
            ids("H", np.arange(len(lead)), 7),
            ids("L", lead),
            words(("status", "owner_id"), is_owner.astype(np.int64)),
            value(old),
            value(new),
            instants(at),
            user_ids(changes.by[order]),
        ],
        schema=pa.schema(list(LEAD_HISTORY)[:-1]),
    )
    day = late(rng, setting, own_day(setting, at), LATE_CHANGE_SHARE, 3)
    return delivered(rng, setting, table, day, repeated_share)


def leads_table(
    rng: np.random.Generator,
    setting: Setting,
    people: People,
    funnel: Funnel,
    sourced: SalesSourced,
    changes: Changes,
) -> pa.Table:
    """Every version of every lead: as created, and after each change."""
    leads = funnel.leads
    known = len(leads.person)
    count = known + len(sourced.rep)
    created_at = np.concatenate([leads.created_at, sourced.created_at])
    person = np.concatenate([leads.person, sourced.known_person])
    first_owner = _first_owners(leads, sourced)
    number = np.arange(count)
    lead = np.concatenate([number, changes.lead])
    at = np.concatenate([created_at, changes.at])
    owner = np.concatenate([first_owner, np.where(changes.is_owner, changes.new, -1)])
    status = np.concatenate([np.full(count, NEW), np.where(changes.is_owner, -1, changes.new)])
    order = np.lexsort((np.arange(len(lead)), at, lead))
    lead, at, owner, status = lead[order], at[order], owner[order], status[order]
    owner, status = _last_known(owner), _last_known(status)
    is_last = np.ones(len(lead), dtype=bool)
    is_last[:-1] = (lead[1:] != lead[:-1]) | (at[1:] != at[:-1])
    lead, at, owner, status = lead[is_last], at[is_last], owner[is_last], status[is_last]

    is_deleted = happens(rng, DELETED_LEAD_SHARE, count) & (number < known)
    gone = np.flatnonzero(is_deleted)
    final = np.searchsorted(lead, gone, side="right") - 1
    lead = np.concatenate([lead, gone])
    gone_at = np.maximum(at[final], setting.start_at) + 9 * DAY
    owner, status = np.concatenate([owner, owner[final]]), np.concatenate([status, status[final]])
    at = np.concatenate([at, gone_at])
    deleted = np.arange(len(lead)) >= len(lead) - len(gone)
    before_end = (at < setting.end_at) & (created_at[lead] < setting.end_at)
    lead, at, owner, status, deleted = (a[before_end] for a in (lead, at, owner, status, deleted))
    order = np.lexsort((lead, at))
    lead, at, owner, status, deleted = (a[order] for a in (lead, at, owner, status, deleted))

    is_known = person >= 0
    no_contact_id = (
        happens(rng, NO_CONTACT_ID_SHARE, count) & ~people.has_shared_mailbox[np.maximum(person, 0)]
    )
    no_contact_id |= number >= known
    unknown_address = pc.binary_join_element_wise(
        "prospecto", pa.array(number + 1).cast(pa.string()), "@desconocida.example", ""
    )
    address = pc.if_else(
        pa.array(is_known), addresses(people).take(pa.array(np.maximum(person, 0))), unknown_address
    )
    reason = _reasons(rng, people, person)
    of_lead = pa.array(lead)
    table = pa.table(
        [
            ids("L", lead),
            instants(created_at[lead]),
            instants(at),
            ids("C", person[lead], missing=(no_contact_id | ~is_known)[lead]),
            address.take(of_lead),
            user_ids(owner),
            words(STATUSES, status),
            blanked(words(company.REJECTION_REASONS, reason[lead]), status != UNQUALIFIED),
            pa.array(deleted),
        ],
        schema=pa.schema(list(LEADS)[:-1]),
    )
    day = late(rng, setting, own_day(setting, at), LATE_CHANGE_SHARE, 2)
    return delivered(rng, setting, table, np.minimum(day, setting.last_number))


def _reasons(rng: np.random.Generator, people: People, person: Whole) -> Whole:
    """Why each lead would be turned down: a student for being one, others for this or that."""
    student = company.REJECTION_REASONS.index("Estudiante")
    drawn = below(rng, 3, len(person))
    drawn = np.where(happens(rng, 0.1, len(person)), company.REJECTION_REASONS.index("Datos falsos"), drawn)
    none = company.FIT_CLASSES.index("none")
    return np.where((person >= 0) & (people.fit[np.maximum(person, 0)] == none), student, drawn)


def _last_known(values: Whole) -> Whole:
    """Each -1 replaced by the value before it; a lead's first entry always has one."""
    return values[np.maximum.accumulate(np.where(values >= 0, np.arange(len(values)), 0))]
