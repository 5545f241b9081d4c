"""What sales does with the MQLs of one cycle: assignment, attempts, answers, meetings, deals.

What belongs here: the behaviour of reps and of the people they call, as times. What doesn't: the
records that the CRM keeps of it (`crm`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import company
from .clock import DAY, HOUR, MINUTE, NEVER
from .draws import Flags, Quantiles, Whole, below, choose_by_row, from_either, from_quantiles, happens
from .people import People
from .setting import Setting

# Working minutes.
HANDOFF: Quantiles = ((0.0, 6), (0.5, 70), (0.9, 170), (0.98, 234), (0.99, 420), (1.0, 1500))
SLOW_HANDOFF: Quantiles = ((0.0, 200), (0.5, 420), (1.0, 1900))
FIRST_ATTEMPT: Quantiles = ((0.0, 4), (0.5, 130), (0.85, 360), (0.955, 479), (0.99, 900), (1.0, 2600))
SLOW_FIRST_ATTEMPT: Quantiles = ((0.0, 15), (0.3, 240), (0.56, 480), (0.97, 930), (0.99, 1500), (1.0, 4600))
NEXT_ATTEMPT: Quantiles = ((0.0, 40), (0.5, 250), (0.9, 430), (1.0, 600))
DECISION: Quantiles = ((0.0, 1), (0.5, 15), (0.9, 110), (1.0, 900))
SLOW_DECISION: Quantiles = ((0.0, 5), (0.35, 120), (0.5, 1500), (0.97, 3000), (1.0, 5000))
GIVE_BACK: Quantiles = ((0.0, 20), (0.6, 240), (0.95, 900), (1.0, 1600))
LATE_GIVE_BACK: Quantiles = ((0.0, 1100), (0.7, 2600), (1.0, 7000))
REPLY: Quantiles = ((0.0, 8), (0.6, 120), (1.0, 900))

NOT_HANDED_OVER_SHARE = 0.008
REASSIGNED_SHARE = 0.05
INBOUND_FIRST_SHARE = 0.04
ACCEPTED_UNSEEN_SHARE = 0.07
REJECTED_UNSEEN_SHARE = 0.05
RECKLESS_REJECTED_SHARE = 0.16
DISCIPLINED_SHARE = 0.965
DISCIPLINED_SHARE_WHEN_SLOW = 0.55

ATTEMPT_TYPES = ("call", "email", "call", "call", "email", "call", "message")
_CALLS = np.array([kind == "call" for kind in ATTEMPT_TYPES])

CONNECTS_BY_CALL = (0.30, 0.27, 0.22, 0.14)  # by fit class, at each call
CONNECTS_BY_MAIL = (0.15, 0.13, 0.09, 0.05)
WHEN_LATE = 0.58  # of it, and of their interest, remains when the first attempt took a working day
INTERESTED = (0.53, 0.45, 0.30, 0.05)  # of those who were reached
DISMISSED = (0.14, 0.20, 0.34, 0.80)


@dataclass(frozen=True)
class Deal:
    """The opportunity an MQL may come to; NEVER where it didn't. `amount` in cents."""

    created_at: Whole
    closes_at: Whole
    is_won: Flags
    amount: Whole


@dataclass(frozen=True)
class FollowUp:
    """One entry an MQL. Every `_at` is a local second, NEVER where it didn't happen."""

    person: Whole
    qualified_at: Whole
    handed_off_at: Whole
    rep: Whole
    reassigned_at: Whole
    second_rep: Whole
    attempt_at: Whole  # MQL × attempt
    attempt_connects: Flags  # MQL × attempt
    replied_at: Whole  # an inbound message
    connected_at: Whole
    accepted_at: Whole
    rejected_at: Whole
    meeting_created_at: Whole
    meeting_scheduled_at: Whole
    meeting_confirmed_at: Whole
    meeting_outcome: Whole  # 0 held, 1 no show, 2 cancelled
    qualified_status_at: Whole
    deal: Deal
    recycled_at: Whole
    keeps_owner: Flags  # the rep keeps the lead that was given back

    def rep_at(self, at: Whole) -> Whole:
        """Who owns the MQL's lead at each time (one a MQL)."""
        return np.where(at >= self.reassigned_at, self.second_rep, self.rep)


def follow_up(
    rng: np.random.Generator,
    setting: Setting,
    people: People,
    person: Whole,
    qualified_at: Whole,
    ready_at: Whole,
    owner_before: Whole,
) -> FollowUp:
    """How the reps follow up the MQLs given; `owner_before` is the rep who owns the lead already, or -1."""
    size = len(person)
    work = setting.working_time
    fit = people.fit[person]

    handed_off_at, rep = _hand_off(rng, setting, qualified_at, ready_at, owner_before)
    is_slow = happens(rng, setting.by_month(company.SLOW_MONTHS, handed_off_at), size)
    reassigned_at, second_rep = _reassign(rng, setting, handed_off_at, rep)

    # Attempts, one after the other, until somebody answers or the rep gives up.
    first = from_either(rng, FIRST_ATTEMPT, SLOW_FIRST_ATTEMPT, is_slow)
    discipline = np.where(is_slow, DISCIPLINED_SHARE_WHEN_SLOW, DISCIPLINED_SHARE)
    is_disciplined = happens(rng, discipline, size)
    attempts = len(ATTEMPT_TYPES)
    pace = np.where(is_disciplined, 2, 5)[:, None]
    between = from_quantiles(rng, NEXT_ATTEMPT, size * attempts).reshape(size, attempts) * pace // 2
    minutes = np.concatenate([first[:, None], between[:, 1:]], axis=1).cumsum(axis=1)
    seconds = minutes * MINUTE + below(rng, MINUTE, size * attempts).reshape(size, attempts)
    attempt_at = work.after(np.repeat(handed_off_at, attempts), seconds.reshape(-1)).reshape(size, attempts)
    planned = np.where(is_disciplined, 5 + below(rng, 3, size), 3 + below(rng, 3, size))

    is_late = first > 8 * 60
    reach = np.where(
        _CALLS[None, :],
        np.array(CONNECTS_BY_CALL)[fit][:, None],
        np.array(CONNECTS_BY_MAIL)[fit][:, None],
    )
    reach = reach * np.where(is_late, WHEN_LATE, 1.0)[:, None]
    answers = happens(rng, reach.reshape(-1), size * attempts).reshape(size, attempts)
    answers &= np.arange(attempts)[None, :] < planned[:, None]
    is_reached = answers.any(axis=1)
    answering = answers.argmax(axis=1)
    made = np.where(is_reached, answering + 1, planned)

    # Some are turned down or taken on without a call, and some call in themselves.
    is_reckless = rep % len(company.REP_NAMES) == company.RECKLESS_REP
    rejects_unseen = happens(rng, np.where(is_reckless, RECKLESS_REJECTED_SHARE, REJECTED_UNSEEN_SHARE), size)
    calls_in = happens(rng, INBOUND_FIRST_SHARE, size) & ~rejects_unseen
    made = np.where(rejects_unseen | calls_in, 0, made)
    is_reached = (is_reached | calls_in) & ~rejects_unseen
    made_so_far = np.arange(attempts)[None, :] < made[:, None]
    attempt_at = np.where(made_so_far, attempt_at, NEVER)
    answers = answers & made_so_far

    answered_at = np.take_along_axis(attempt_at, answering[:, None], axis=1)[:, 0]
    by_mail = ~_CALLS[answering] & is_reached & ~calls_in
    writes_back = by_mail & happens(rng, 0.6, size)
    written_at = work.after(answered_at, from_quantiles(rng, REPLY, size) * MINUTE)
    called_in_at = work.after(handed_off_at, below(rng, 300, size) * MINUTE + 40)
    replied_at = np.where(calls_in, called_in_at, np.where(writes_back, written_at, NEVER))
    connected_at = np.where(replied_at < NEVER, replied_at, np.where(is_reached, answered_at, NEVER))
    answers = answers & ~writes_back[:, None]

    # The word on it.
    mood = rng.random(size)
    warmth = np.array([campaign.warmth for campaign in setting.campaigns] + [100])[people.campaign[person]]
    interested = np.array(INTERESTED)[fit] * warmth / 100 * np.where(is_late, WHEN_LATE, 1.0)
    dismissed = np.array(DISMISSED)[fit]
    is_interested = is_reached & (mood < interested)
    is_dismissed = is_reached & ~is_interested & (mood >= 1 - dismissed)
    decided_at = work.after(connected_at, from_either(rng, DECISION, SLOW_DECISION, is_slow) * MINUTE + 20)
    accepts_unseen = happens(rng, ACCEPTED_UNSEEN_SHARE, size) & ~rejects_unseen & ~is_dismissed
    accepted_unseen_at = work.after(handed_off_at, (first * MINUTE * 3) // 4)
    accepted_at = np.where(
        accepts_unseen, accepted_unseen_at, np.where(is_reached & ~is_dismissed, decided_at, NEVER)
    )
    rejected_unseen_at = work.after(handed_off_at, first * MINUTE)
    rejected_at = np.where(rejects_unseen, rejected_unseen_at, np.where(is_dismissed, decided_at, NEVER))

    meeting = _meetings(rng, setting, is_interested, np.maximum(connected_at, accepted_at))
    created_at, scheduled_at, confirmed_at, outcome = meeting
    met = (scheduled_at < NEVER) & (outcome == 0)
    deal = _deals(rng, setting, people.employees[person], met, scheduled_at)

    # Giving back.
    last_attempt = np.where(attempt_at < NEVER, attempt_at, 0).max(axis=1)
    silent = ~is_reached & ~rejects_unseen & ~accepts_unseen & (made > 0)
    in_order = is_disciplined & (made >= 5) & happens(rng, 0.97, size)
    after_silence = work.after(
        np.where(last_attempt > 0, last_attempt, NEVER),
        from_either(rng, GIVE_BACK, LATE_GIVE_BACK, ~in_order) * MINUTE,
    )
    recycled_at = np.where(silent & (in_order | happens(rng, 0.85, size)), after_silence, NEVER)
    lost_at = np.where((deal.closes_at < NEVER) & ~deal.is_won, deal.closes_at, NEVER)
    fizzled = (accepted_at < NEVER) & (deal.created_at >= NEVER)
    ended_at = np.where(
        lost_at < NEVER, lost_at, np.where(fizzled, np.where(met, scheduled_at, accepted_at), rejected_at)
    )
    gives_back = happens(rng, np.where(rejected_at < NEVER, 0.3, 0.55), size)
    given_back_at = work.after(ended_at, (2 + below(rng, 22, size)) * 7 * HOUR)
    still_to_meet = (scheduled_at < NEVER) & (given_back_at < scheduled_at)
    recycled_at = np.where(
        (ended_at < NEVER) & gives_back & ~still_to_meet, np.minimum(given_back_at, recycled_at), recycled_at
    )

    return FollowUp(
        person=person,
        qualified_at=qualified_at,
        handed_off_at=handed_off_at,
        rep=rep,
        reassigned_at=reassigned_at,
        second_rep=second_rep,
        attempt_at=attempt_at,
        attempt_connects=answers,
        replied_at=replied_at,
        connected_at=connected_at,
        accepted_at=accepted_at,
        rejected_at=rejected_at,
        meeting_created_at=created_at,
        meeting_scheduled_at=scheduled_at,
        meeting_confirmed_at=confirmed_at,
        meeting_outcome=outcome,
        qualified_status_at=np.where(
            met, work.after(scheduled_at, below(rng, 400, size) * MINUTE + HOUR), NEVER
        ),
        deal=deal,
        recycled_at=recycled_at,
        keeps_owner=happens(rng, 0.12, size),
    )


def _hand_off(
    rng: np.random.Generator, setting: Setting, qualified_at: Whole, ready_at: Whole, owner_before: Whole
) -> tuple[Whole, Whole]:
    """(when a rep owns the lead, which rep): marketing deals the leads out from its queue."""
    size = len(qualified_at)
    is_slow = happens(rng, setting.by_month(company.SLOW_HANDOFF_MONTHS, ready_at), size)
    minutes = from_either(rng, HANDOFF, SLOW_HANDOFF, is_slow)
    dealt_at = setting.working_time.after(ready_at, minutes * MINUTE + below(rng, MINUTE, size))
    # Now and then somebody reads through what the triggers have left lying.
    reviewed_at = setting.working_time.after(qualified_at, (10 + below(rng, 12, size)) * 7 * HOUR)
    is_reviewed = happens(rng, 0.3, size)
    dealt_at = np.where(is_reviewed, np.minimum(dealt_at, reviewed_at), dealt_at)
    dealt_at = np.where(happens(rng, NOT_HANDED_OVER_SHARE, size), NEVER, dealt_at)
    weights, row = setting.active_reps(np.minimum(dealt_at, setting.end_at))
    rep = np.where(owner_before >= 0, owner_before, choose_by_row(rng, weights, row))
    return np.where(owner_before >= 0, qualified_at, dealt_at), rep


def _reassign(
    rng: np.random.Generator, setting: Setting, handed_off_at: Whole, rep: Whole
) -> tuple[Whole, Whole]:
    """(when the lead goes to another rep, to whom): some change hands, a leaver's all do."""
    size = len(rep)
    changes = happens(rng, REASSIGNED_SHARE, size)
    changed_at = setting.working_time.after(handed_off_at, below(rng, 60 * 38, size) * MINUTE + HOUR)
    changed_at = np.where(changes, changed_at, NEVER)
    left_at = np.where(setting.rep_ends[rep] < NEVER, setting.rep_ends[rep] - 7 * HOUR, NEVER)
    at = np.where(handed_off_at < left_at, np.minimum(changed_at, left_at), changed_at)
    # The day after, so that a leaver isn't among those who may get the lead.
    weights, row = setting.active_reps(np.minimum(at + DAY, setting.end_at))
    other = choose_by_row(rng, weights, row)
    return np.where(other == rep, NEVER, at), other


def _meetings(
    rng: np.random.Generator, setting: Setting, is_interested: Flags, agreed_at: Whole
) -> tuple[Whole, Whole, Whole, Whole]:
    """(created, scheduled, confirmed, outcome) of the meetings of those who are interested."""
    size = len(agreed_at)
    work = setting.working_time
    created_at = np.where(is_interested, work.after(agreed_at, below(rng, 500, size) * MINUTE), NEVER)
    scheduled_at = work.after(created_at, (8 + below(rng, 44, size)) * HOUR)
    scheduled_at = np.where(scheduled_at < NEVER, scheduled_at // (30 * MINUTE) * 30 * MINUTE, NEVER)
    confirms = happens(rng, 0.86, size)
    part = 2 + below(rng, 78, size)
    confirmed_at = np.where(
        (scheduled_at < NEVER) & confirms, created_at + (scheduled_at - created_at) * part // 100, NEVER
    )
    luck = rng.random(size)
    outcome = np.where(confirms, np.where(luck < 0.86, 0, np.where(luck < 0.95, 1, 2)), 1 + (luck < 0.6))
    return created_at, scheduled_at, confirmed_at, outcome


def _deals(rng: np.random.Generator, setting: Setting, employees: Whole, met: Flags, met_at: Whole) -> Deal:
    """The opportunities after meetings that were held, and how they end."""
    size = len(met)
    wants = met & happens(rng, 0.74, size)
    created_at = np.where(wants, setting.working_time.after(met_at, (2 + below(rng, 30, size)) * HOUR), NEVER)
    length = from_quantiles(rng, ((0.0, 22), (0.5, 32), (0.9, 52), (1.0, 80)), size) * DAY
    closes_at = setting.working_time.after(
        np.where(wants, created_at + length, NEVER), below(rng, 300, size) * MINUTE
    )
    thousands = from_quantiles(rng, ((0.0, 35), (0.5, 110), (0.9, 290), (1.0, 620)), size)
    amount = (thousands * (100 + np.minimum(employees, 1500) // 15) // 100) * 1000 * 100
    return Deal(created_at, closes_at, happens(rng, 0.30, size), amount)
