"""The frame of one simulation: its days, campaigns and reps, made from the settings of a call.

What belongs here: what every step needs to know and nothing draws. What doesn't: randomness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from . import company
from .clock import DAY, NEVER, WorkingTime, day_number, day_of, liveliness, month_start, working_time
from .draws import Shares, Whole

WARM_UP_DAYS = 45
"""Days before the first extract of which people and touches are delivered with it."""

# No promise and no deal is walked further than this beyond the last day.
_DAYS_BEYOND = 400


@dataclass(frozen=True)
class Setting:
    """What a simulation is about. Times are local seconds since 1970-01-01, days are day numbers."""

    first_day: date
    months: int
    first_number: int  # the first day of the warm-up
    start_at: int  # the first extract's midnight
    end_at: int  # the midnight after the last day
    campaigns: tuple[company.Campaign, ...]
    arrival_weights: Whole  # days × (campaigns + none)
    visit_weights: Whole  # days × (campaigns + none)
    liveliness: Whole  # of each day from the first of the warm-up
    working_time: WorkingTime
    rep_starts: Whole  # local seconds; 0 is always
    rep_ends: Whole  # NEVER: still here
    rep_weights: Whole  # of 100 MQLs to go around

    @property
    def last_number(self) -> int:
        """The last day's number."""
        return self.end_at // DAY - 1

    def month_of(self, at: Whole) -> Whole:
        """The month of each time, the first being 0 (negative before it)."""
        starts = np.array(
            [day_number(month_start(self.first_day, m)) * DAY for m in range(-6, self.months + 12)]
        )
        return np.searchsorted(starts, at, side="right") - 1 - 6

    def by_month(self, shares: Mapping[int, float], at: Whole) -> Shares:
        """The share that belongs to each time's month, 0 for a month that isn't named."""
        table = np.zeros(self.months + 24)
        for month, share in shares.items():
            if month + 6 < len(table):
                table[month + 6] = share
        return table[np.clip(self.month_of(at) + 6, 0, len(table) - 1)]

    def at_story(self, moment: tuple[int, int], hour: int = 0) -> int:
        """The local second of a (month, day) of the story."""
        return day_number(company.story_day(self.first_day, moment)) * DAY + hour * 3600

    def active_reps(self, at: Whole) -> tuple[Whole, Whole]:
        """(weights by roster × rep, the roster's row at each time)."""
        changes = np.unique(np.concatenate([self.rep_starts, self.rep_ends, np.zeros(1, dtype=np.int64)]))
        is_active = (self.rep_starts[None, :] <= changes[:, None]) & (
            self.rep_ends[None, :] > changes[:, None]
        )
        weights = np.where(is_active, self.rep_weights[None, :], 0)
        weights[weights.sum(axis=1) == 0] = 1  # the row after the end of time
        return weights, np.searchsorted(changes, at, side="right") - 1


def make_setting(first_day: date, months: int, campaigns: int, reps: int) -> Setting:
    """The frame of a simulation of `months` whole months from `first_day` (the first of a month)."""
    first_number = day_number(first_day) - WARM_UP_DAYS
    end_number = day_number(month_start(first_day, months))
    chosen = company.campaigns(campaigns)
    numbers = range(first_number, end_number)
    lively = np.array([liveliness(day_of(number)) for number in numbers], dtype=np.int64)
    starts, ends, weights = _roster(first_day, reps)
    return Setting(
        first_day=first_day,
        months=months,
        first_number=first_number,
        start_at=day_number(first_day) * DAY,
        end_at=end_number * DAY,
        campaigns=chosen,
        arrival_weights=_daily_weights(
            first_day, numbers, chosen, [c.pull for c in chosen], company.NO_CAMPAIGN_PULL, lively
        ),
        visit_weights=_daily_weights(
            first_day, numbers, chosen, [c.reach for c in chosen], company.NO_CAMPAIGN_REACH, lively
        ),
        liveliness=lively,
        working_time=working_time(first_number, end_number + _DAYS_BEYOND),
        rep_starts=starts,
        rep_ends=ends,
        rep_weights=weights,
    )


def months_running(campaign: company.Campaign, number: int) -> tuple[int, int]:
    """The first and last month of the n-th campaign; the copies of a big company come later."""
    shift = number // len(company.CAMPAIGNS)
    return campaign.first_month + shift, campaign.last_month + shift


def _daily_weights(
    first_day: date,
    numbers: range,
    campaigns: tuple[company.Campaign, ...],
    strengths: list[int],
    without: int,
    lively: Whole,
) -> Whole:
    """Weights by day and campaign; the last column is no campaign."""
    weights = np.zeros((len(numbers), len(campaigns) + 1), dtype=np.int64)
    weights[:, -1] = without
    days = np.array(numbers)
    for index, campaign in enumerate(campaigns):
        first, last = months_running(campaign, index)
        opens = day_number(month_start(first_day, first)) if first > 0 else numbers[0]
        closes = day_number(month_start(first_day, last + 1))
        weights[(days >= opens) & (days < closes), index] = strengths[index]
    return weights * lively[:, None]


def _roster(first_day: date, reps: int) -> tuple[Whole, Whole, Whole]:
    """(starts, ends, weights) of the reps: of every twelve one leaves, one joins, one works part time."""
    number = np.arange(reps)
    role = number % len(company.REP_NAMES)
    leaves = (day_number(company.story_day(first_day, company.REP_LEAVES)) + 1) * DAY
    joins = day_number(company.story_day(first_day, company.REP_JOINS)) * DAY
    starts = np.where(role == company.JOINING_REP, joins, 0)
    ends = np.where(role == company.LEAVING_REP, leaves, NEVER)
    weights = np.where(role == company.PART_TIME_REP, 5, 10)
    return starts, ends, weights
