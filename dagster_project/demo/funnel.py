"""Cycle after cycle: who qualifies, the lead that stands for it, and its follow-up.

What belongs here: the loop that couples marketing's score with sales' follow-up, since what was
given back is nurtured and may qualify again. What doesn't: the CRM's records of it (`crm`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import company
from .clock import DAY, HOUR, MINUTE, NEVER, day_number, month_start
from .draws import Flags, Whole, below, choose_by_row, happens
from .followup import FollowUp, follow_up
from .people import People
from .scoring import REQUALIFY_AFTER_DAYS, Standing, in_order, qualify
from .setting import Setting
from .touches import Touches, simulate_nurture

CYCLES = 4
"""Nobody is taken up more often than this; a fifth time in a year hardly happens."""

IMPORTED_SHARE = 0.30
SYNCHRONISED_SHARE = 0.04
CALLED_EARLY_SHARE = 0.012
NEW_LEAD_SHARE = 0.10


@dataclass(frozen=True)
class Leads:
    """One entry a CRM lead of a known person. `first_rep` is -1 where the queue has it first."""

    person: Whole
    created_at: Whole
    first_rep: Whole


@dataclass(frozen=True)
class Cycle:
    """The MQLs of everybody's n-th cycle: parallel to those of `work`."""

    lead: Whole
    is_returning: Flags  # the lead had been given back before
    entered_at: Whole  # when the automation put the lead (back) into the queue
    had_owner: Flags  # a rep owned it already
    work: FollowUp


@dataclass(frozen=True)
class Funnel:
    """Everything that came of the touches; `touches` holds the nurtured ones too."""

    touches: Touches
    leads: Leads
    cycles: tuple[Cycle, ...]


def run_funnel(rng: np.random.Generator, setting: Setting, people: People, touches: Touches) -> Funnel:
    """Go through the cycles, adding touches as given-back leads are nurtured."""
    size = len(people.arrived_at)
    early_at, early_rep = _early_leads(rng, setting, people)
    fit_before, fit_after = people.fit_points()
    second_version_at = day_number(month_start(setting.first_day, company.SECOND_VERSION_MONTH)) * DAY

    cycle_start = np.zeros(size, dtype=np.int64)
    allowed_from = np.full(size, setting.start_at)
    lead_of = np.full(size, -1)
    rep_kept = np.full(size, -1)
    leads: list[Leads] = []
    cycles: list[Cycle] = []
    for turn in range(CYCLES):
        standing = Standing(
            cycle_start, allowed_from, fit_before, fit_after, people.completed_at, people.is_eligible()
        )
        qualified, ready = qualify(
            in_order(touches.person, touches.at, touches.kind), standing, second_version_at
        )
        person = np.flatnonzero(qualified < setting.end_at)
        qualified_at, ready_at = qualified[person], ready[person]
        entered_at = qualified_at + 30 + below(rng, 6 * MINUTE, len(person))
        if turn == 0:
            has_early = early_at[person] < qualified_at
            rep_kept[person] = np.where(has_early, early_rep[person], -1)
            is_new = np.ones(len(person), dtype=bool)
            created_at = np.where(has_early, early_at[person], entered_at)
        else:
            is_new = happens(rng, NEW_LEAD_SHARE, len(person)) & (rep_kept[person] < 0)
            created_at = entered_at
        number = sum(len(some.person) for some in leads)
        lead_of[person[is_new]] = number + np.arange(int(is_new.sum()))
        leads.append(Leads(person[is_new], created_at[is_new], rep_kept[person[is_new]]))

        work = follow_up(rng, setting, people, person, qualified_at, ready_at, rep_kept[person])
        cycles.append(Cycle(lead_of[person], ~is_new, entered_at, rep_kept[person] >= 0, work))

        given_back = work.recycled_at < setting.end_at
        recycled_at = np.full(size, NEVER)
        recycled_at[person[given_back]] = work.recycled_at[given_back]
        rep_kept = np.full(size, -1)
        keeps = given_back & work.keeps_owner
        rep_kept[person[keeps]] = work.rep_at(work.recycled_at)[keeps]
        cycle_start = recycled_at
        allowed_from = recycled_at + REQUALIFY_AFTER_DAYS * DAY
        if turn + 1 < CYCLES:
            touches = touches.joined(simulate_nurture(rng, setting, people, recycled_at))

    never_qualified = np.flatnonzero((early_at < setting.end_at) & (lead_of < 0))
    leads.append(Leads(never_qualified, early_at[never_qualified], early_rep[never_qualified]))
    return Funnel(
        touches,
        Leads(
            np.concatenate([some.person for some in leads]),
            np.concatenate([some.created_at for some in leads]),
            np.concatenate([some.first_rep for some in leads]),
        ),
        tuple(cycles),
    )


def _early_leads(rng: np.random.Generator, setting: Setting, people: People) -> tuple[Whole, Whole]:
    """(when, rep or -1) of the leads that were in the CRM before anybody qualified.

    A list of raffle entries is uploaded in one go, some forms write into the CRM at once, and a few
    people were called by a rep before marketing knew how interested they are.
    """
    size = len(people.arrived_at)
    uploaded_at = setting.at_story(company.LIST_IMPORT, hour=11)
    in_list = (people.campaign == company.RAFFLE) & (people.arrived_at < uploaded_at - DAY)
    is_uploaded = in_list & happens(rng, IMPORTED_SHARE, size)
    is_synchronised = happens(rng, SYNCHRONISED_SHARE, size)
    is_called = happens(rng, CALLED_EARLY_SHARE, size)
    called_at = setting.working_time.after(
        people.arrived_at, (2 + below(rng, 30, size)) * HOUR + below(rng, HOUR, size)
    )
    at = np.where(is_uploaded, uploaded_at + np.cumsum(is_uploaded), NEVER)
    at = np.where(is_synchronised, people.arrived_at + 90 + below(rng, 30 * MINUTE, size), at)
    at = np.where(is_called, called_at, at)
    weights, row = setting.active_reps(np.minimum(at, setting.end_at))
    rep = choose_by_row(rng, weights, row)
    stays = setting.rep_ends[rep] >= NEVER
    return at, np.where(is_called & stays, rep, -1)
