"""What the CRM keeps of sales' work: activities, meetings and opportunities.

What belongs here: the records of what the reps did and sold. What doesn't: whether they did it
(`followup`), and leads (`crm`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import company
from .clock import DAY, HOUR, MINUTE, NEVER
from .columns import blanked, delivered, ids, instants, late, money, own_day, words
from .crm import FIRST_REP, INTEGRATION, SalesSourced, user_ids
from .draws import Flags, Whole, below, choose, happens
from .followup import ATTEMPT_TYPES
from .funnel import Funnel
from .history import ACTIVITIES, MEETINGS, OPPORTUNITIES
from .setting import Setting

TYPES = ("call", "email", "message")
CALL, EMAIL, MESSAGE = range(3)
OUTCOMES = ("", "connected", "no_answer", "voicemail", "bounced", "replied")
UNSAID, CONNECTED, NO_ANSWER, VOICEMAIL, BOUNCED, REPLIED = range(6)
OUTBOUND, INBOUND = 0, 1

ONLY_CONTACT_SHARE = 0.10
BOUNCED_SHARE = 0.03
SECOND_DEAL_SHARE = 0.03
EARLY_DEAL_SHARE = 0.008
DOLLAR_DEAL_SHARE = 0.06
PESOS_FOR_TEN_DOLLARS = 172
SOURCED_DEAL_SHARE = 0.2
DELETED_DEAL_SHARE = 0.01
PHONE_REPS = 3  # every third rep calls by the telephone provider that loses records


@dataclass(frozen=True)
class Activities:
    """One entry an activity. `deal` is an opportunity's number, or -1."""

    lead: Whole
    person: Whole  # -1: unknown to marketing
    user: Whole
    kind: Whole
    direction: Whole
    at: Whole
    outcome: Whole
    is_automated: Flags
    deal: Whole


@dataclass(frozen=True)
class Deals:
    """One entry an opportunity."""

    lead: Whole
    person: Whole
    owner: Whole
    created_at: Whole
    closes_at: Whole
    is_won: Flags
    cents: Whole


def _joined(parts: list[Activities]) -> Activities:
    columns = [field.name for field in fields(Activities)]
    return Activities(*(np.concatenate([getattr(part, column) for part in parts]) for column in columns))


def simulate_deals(
    rng: np.random.Generator, setting: Setting, funnel: Funnel, sourced: SalesSourced
) -> tuple[Deals, list[Whole]]:
    """(every opportunity before the end, for each cycle the opportunity of each MQL or -1)."""
    parts: list[Deals] = []
    numbers: list[Whole] = []
    made = 0
    for cycle in funnel.cycles:
        work = cycle.work
        which = np.flatnonzero(work.deal.created_at < setting.end_at)
        number = np.full(len(work.person), -1)
        number[which] = made + np.arange(len(which))
        numbers.append(number)
        owner = FIRST_REP + work.rep_at(work.deal.created_at)
        main = Deals(
            cycle.lead[which],
            work.person[which],
            owner[which],
            work.deal.created_at[which],
            work.deal.closes_at[which],
            work.deal.is_won[which],
            work.deal.amount[which],
        )
        # A second one beside it, and here and there one that sales had open before the hand-off.
        second = np.flatnonzero(happens(rng, SECOND_DEAL_SHARE, len(which)))
        early = np.flatnonzero(
            happens(rng, EARLY_DEAL_SHARE, len(work.person)) & (work.handed_off_at < setting.end_at)
        )
        beside = Deals(
            np.concatenate([main.lead[second], cycle.lead[early]]),
            np.concatenate([main.person[second], work.person[early]]),
            np.concatenate([main.owner[second], FIRST_REP + work.rep[early]]),
            np.concatenate([main.created_at[second] + 2 * DAY, work.qualified_at[early] - 5 * DAY]),
            np.concatenate([main.closes_at[second] + 3 * DAY, work.qualified_at[early] + 60 * DAY]),
            np.concatenate([main.is_won[second], np.zeros(len(early), dtype=bool)]),
            np.concatenate([main.cents[second] // 4, np.full(len(early), 8_000_000)]),
        )
        parts += [main, beside]
        made += len(which) + len(second) + len(early)

    sells = np.flatnonzero(happens(rng, SOURCED_DEAL_SHARE, len(sourced.rep)) & sourced.is_accepted)
    created_at = setting.working_time.after(
        sourced.decided_at[sells], 9 * HOUR + below(rng, 60 * HOUR, len(sells))
    )
    closes_at = setting.working_time.after(created_at, (40 + below(rng, 260, len(sells))) * HOUR)
    parts.append(
        Deals(
            len(funnel.leads.person) + sells,
            np.full(len(sells), -1),
            FIRST_REP + sourced.rep[sells],
            created_at,
            closes_at,
            happens(rng, 0.4, len(sells)),
            (30 + below(rng, 200, len(sells))) * 100_000,
        )
    )
    columns = [field.name for field in fields(Deals)]
    return Deals(*(np.concatenate([getattr(part, column) for part in parts]) for column in columns)), numbers


def simulate_activities(
    rng: np.random.Generator,
    setting: Setting,
    funnel: Funnel,
    sourced: SalesSourced,
    deal_numbers: list[Whole],
) -> Activities:
    """Everything that was done with leads before the end, in the order of time."""
    parts: list[Activities] = []
    for cycle, deal_number in zip(funnel.cycles, deal_numbers, strict=True):
        work = cycle.work
        size, most = work.attempt_at.shape
        mql = np.repeat(np.arange(size), most)
        at, answered = work.attempt_at.reshape(-1), work.attempt_connects.reshape(-1)
        kind = np.tile(np.array([TYPES.index(name) for name in ATTEMPT_TYPES]), size)
        user = FIRST_REP + np.where(at >= work.reassigned_at[mql], work.second_rep[mql], work.rep[mql])
        silence = np.where(happens(rng, 0.35, len(at)), VOICEMAIL, NO_ANSWER)
        unsaid = np.where(happens(rng, BOUNCED_SHARE, len(at)) & (kind == EMAIL), BOUNCED, UNSAID)
        outcome = np.where(
            kind == CALL, np.where(answered, CONNECTED, silence), np.where(answered, REPLIED, unsaid)
        )
        parts.append(_of_mqls(cycle.lead, work.person, mql, user, kind, OUTBOUND, at, outcome))

        everyone = np.arange(size)
        calls_in = work.attempt_at.min(axis=1) >= NEVER
        parts.append(
            _of_mqls(
                cycle.lead,
                work.person,
                everyone,
                FIRST_REP + work.rep_at(work.replied_at),
                np.where(calls_in, CALL, EMAIL),
                INBOUND,
                work.replied_at,
                np.where(calls_in, CONNECTED, UNSAID),
            )
        )
        welcome = _of_mqls(
            cycle.lead,
            work.person,
            everyone,
            np.full(size, INTEGRATION),
            np.full(size, EMAIL),
            OUTBOUND,
            cycle.entered_at + 2 * MINUTE,
            np.full(size, UNSAID),
        )
        parts.append(replace(welcome, is_automated=np.ones(size, dtype=bool)))

        # Later calls and mails with those who were reached, until the deal is closed.
        counts = np.where(work.connected_at < NEVER, choose(rng, (3, 3, 2, 1, 1), size), 0)
        mql = np.repeat(everyone, counts)
        at = setting.working_time.after(work.connected_at[mql], (3 + below(rng, 120, len(mql))) * HOUR)
        at = np.where(at < np.minimum(work.deal.closes_at, work.recycled_at)[mql], at, NEVER)
        kind = below(rng, 2, len(mql))
        later = _of_mqls(
            cycle.lead,
            work.person,
            mql,
            FIRST_REP + np.where(at >= work.reassigned_at[mql], work.second_rep[mql], work.rep[mql]),
            kind,
            OUTBOUND,
            at,
            np.where(kind == CALL, np.where(happens(rng, 0.6, len(mql)), CONNECTED, NO_ANSWER), UNSAID),
        )
        deal = np.where(at >= work.deal.created_at[mql], deal_number[mql], -1)
        parts.append(replace(later, deal=deal))

    counts = 1 + below(rng, 3, len(sourced.rep))
    which = np.repeat(np.arange(len(counts)), counts)
    at = setting.working_time.after(sourced.created_at[which], below(rng, 30 * 60, len(which)) * MINUTE)
    parts.append(
        _of_mqls(
            len(funnel.leads.person) + np.arange(len(counts)),
            sourced.known_person,
            which,
            FIRST_REP + sourced.rep[which],
            np.full(len(which), CALL),
            OUTBOUND,
            at,
            np.where(happens(rng, 0.5, len(which)), CONNECTED, NO_ANSWER),
        )
    )
    all_of_them = _joined(parts)
    known = np.flatnonzero(all_of_them.at < setting.end_at)
    order = known[np.lexsort((all_of_them.kind[known], all_of_them.lead[known], all_of_them.at[known]))]
    return Activities(*(getattr(all_of_them, field.name)[order] for field in fields(Activities)))


def _of_mqls(
    lead: Whole,
    person: Whole,
    mql: Whole,
    user: Whole,
    kind: Whole,
    direction: int,
    at: Whole,
    outcome: Whole,
) -> Activities:
    size = len(mql)
    return Activities(
        lead=lead[mql],
        person=person[mql],
        user=user,
        kind=kind,
        direction=np.full(size, direction),
        at=at,
        outcome=outcome,
        is_automated=np.zeros(size, dtype=bool),
        deal=np.full(size, -1),
    )


def activities_table(
    rng: np.random.Generator, setting: Setting, done: Activities, late_share: float, repeated_share: float
) -> pa.Table:
    """One row an activity; the calls that the telephone provider had lost come in one late batch."""
    size = len(done.at)
    only_contact = happens(rng, ONLY_CONTACT_SHARE, size) & (done.person >= 0)
    table = pa.table(
        [
            ids("A", np.arange(size), 7),
            ids("L", done.lead, missing=only_contact),
            ids("C", done.person, missing=~only_contact),
            user_ids(done.user),
            words(TYPES, done.kind),
            words(("outbound", "inbound"), done.direction),
            instants(done.at),
            words(OUTCOMES, done.outcome),
            pa.array(done.is_automated),
            ids("O", done.deal, 5, missing=done.deal < 0),
        ],
        schema=pa.schema(list(ACTIVITIES)[:-1]),
    )
    day = late(rng, setting, own_day(setting, done.at), late_share, 6)
    first, last = company.LOST_CALLS_MONTHS
    month = setting.month_of(done.at)
    by_phone = (done.kind == CALL) & (done.user >= FIRST_REP) & ((done.user - FIRST_REP) % PHONE_REPS == 0)
    lost = by_phone & (month >= first) & (month <= last) & happens(rng, company.LOST_CALLS_SHARE, size)
    found_on = setting.at_story(company.LOST_CALLS_ARRIVE) // DAY
    return delivered(rng, setting, table, np.where(lost, found_on, day), repeated_share)


def meetings_table(rng: np.random.Generator, setting: Setting, funnel: Funnel) -> pa.Table:
    """Every version of every meeting: as planned, once confirmed, and what became of it."""
    works = [cycle.work for cycle in funnel.cycles]
    lead = np.concatenate([cycle.lead for cycle in funnel.cycles])
    person = np.concatenate([work.person for work in works])
    created_at = np.concatenate([work.meeting_created_at for work in works])
    user = FIRST_REP + np.concatenate([work.rep_at(work.meeting_created_at) for work in works])
    scheduled_at = np.concatenate([work.meeting_scheduled_at for work in works])
    confirmed_at = np.concatenate([work.meeting_confirmed_at for work in works])
    outcome = np.concatenate([work.meeting_outcome for work in works])
    which = np.flatnonzero(created_at < setting.end_at)
    which = which[np.lexsort((which, created_at[which]))]
    lead, person, user = lead[which], person[which], user[which]
    created_at, scheduled_at = created_at[which], scheduled_at[which]
    confirmed_at, outcome = confirmed_at[which], outcome[which]

    size = len(which)
    number = np.arange(size)
    is_cancelled = outcome == 2
    closed_at = np.where(
        is_cancelled, created_at + (scheduled_at - created_at) * 9 // 10, scheduled_at + 50 * MINUTE
    )
    meeting = np.concatenate([number, number, number])
    at = np.concatenate([created_at, confirmed_at, closed_at])
    status = np.concatenate([np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64), 2 + outcome])
    known = at < setting.end_at
    meeting, at, status = meeting[known], at[known], status[known]
    order = np.lexsort((meeting, at))
    meeting, at, status = meeting[order], at[order], status[order]

    # Some calendars tell that a meeting is confirmed, but not since when.
    says_when = happens(rng, 0.8, size)
    shown = np.where((at >= confirmed_at[meeting]) & says_when[meeting], confirmed_at[meeting], NEVER)
    only_contact = happens(rng, ONLY_CONTACT_SHARE, size)[meeting]
    table = pa.table(
        [
            ids("M", meeting, 5),
            ids("L", lead[meeting], missing=only_contact),
            ids("C", person[meeting], missing=~only_contact),
            user_ids(user[meeting]),
            instants(created_at[meeting]),
            instants(scheduled_at[meeting]),
            instants(shown),
            words(("scheduled", "confirmed", "held", "no_show", "cancelled"), status),
            instants(at),
        ],
        schema=pa.schema(list(MEETINGS)[:-1]),
    )
    return delivered(rng, setting, table, own_day(setting, at))


def opportunities_table(rng: np.random.Generator, setting: Setting, deals: Deals) -> pa.Table:
    """Every version of every opportunity: opened, proposed, closed, and a few deleted."""
    size = len(deals.lead)
    in_dollars = happens(rng, DOLLAR_DEAL_SHARE, size)
    cents = np.where(in_dollars, deals.cents * 10 // PESOS_FOR_TEN_DOLLARS, deals.cents)
    proposed_at = deals.created_at + (deals.closes_at - deals.created_at) // 2
    deleted_at = np.where(happens(rng, DELETED_DEAL_SHARE, size), deals.created_at + 12 * DAY, NEVER)
    number = np.arange(size)
    deal = np.concatenate([number, number, number, number])
    at = np.concatenate([deals.created_at, proposed_at, deals.closes_at, deleted_at])
    known = (at < setting.end_at) & (deals.created_at[deal] < setting.end_at)
    known &= at <= deleted_at[deal]
    deal, at = deal[known], at[known]
    order = np.lexsort((deal, at))
    deal, at = deal[order], at[order]
    is_closed = at >= deals.closes_at[deal]
    stage = np.where(
        is_closed, np.where(deals.is_won[deal], 2, 3), (at >= proposed_at[deal]).astype(np.int64)
    )
    is_known_person = deals.person >= 0
    only_contact = (happens(rng, ONLY_CONTACT_SHARE, size) & is_known_person)[deal]
    table = pa.table(
        [
            ids("O", deal, 5),
            instants(deals.created_at[deal]),
            instants(at),
            ids("L", deals.lead[deal], missing=only_contact),
            ids("C", deals.person[deal], missing=~only_contact),
            user_ids(deals.owner[deal]),
            blanked(money(cents[deal]), (number % 61 == 60)[deal]),
            pc.if_else(pa.array(in_dollars[deal]), "USD", "MXN"),
            words(("Qualification", "Proposal", "Closed Won", "Closed Lost"), stage),
            pa.array(is_closed),
            pa.array(is_closed & deals.is_won[deal]),
            instants(np.where(is_closed, deals.closes_at[deal], NEVER)),
            pa.array(at >= deleted_at[deal]),
        ],
        schema=pa.schema(list(OPPORTUNITIES)[:-1]),
    )
    return delivered(rng, setting, table, own_day(setting, at))
