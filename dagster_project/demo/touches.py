"""What people do with marketing: visits, and the touches of each.

What belongs here: touches that people make by themselves, and those that the nurture mails bring
after a lead was given back. What doesn't: which record they are written on (`records`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import company
from .clock import DAY, HOUR, HOUR_WEIGHTS
from .draws import Flags, Whole, below, choose, choose_by_row, from_quantiles, happens
from .people import People
from .setting import Setting

USUAL_TOUCHES = 12
"""Touches a person that the tables of the company come to, about."""

TOUCHES_IN_A_VISIT = ((0.0, 1), (0.45, 2), (0.85, 5), (1.0, 9))
SECONDS_BETWEEN_TOUCHES = ((0.0, 12), (0.5, 70), (0.9, 400), (1.0, 1500))
NURTURED_SHARE = 0.75
NURTURE_VISITS = ((0.0, 1), (0.5, 5), (1.0, 12))


@dataclass(frozen=True)
class Touches:
    """One entry a touch, in no particular order."""

    person: Whole
    at: Whole
    kind: Whole
    campaign: Whole  # the number of campaigns stands for none

    def joined(self, other: Touches) -> Touches:
        """Both together."""
        return Touches(
            np.concatenate([self.person, other.person]),
            np.concatenate([self.at, other.at]),
            np.concatenate([self.kind, other.kind]),
            np.concatenate([self.campaign, other.campaign]),
        )


def within_group(counts: Whole) -> Whole:
    """0, 1, 2, … within each group of the given sizes."""
    return np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)


def summed_within_group(values: Whole, counts: Whole) -> Whole:
    """The running sum of `values` within each group of the given sizes."""
    running = np.cumsum(values)
    before = np.concatenate([np.zeros(1, dtype=np.int64), running])[np.cumsum(counts) - counts]
    return running - np.repeat(before, counts)


def simulate_touches(
    rng: np.random.Generator, setting: Setting, people: People, touches_per_person: float
) -> Touches:
    """Every person's visits from arrival to the end, and their touches."""
    size = len(people.arrived_at)
    usual = np.zeros(size, dtype=np.int64)
    for level, table in enumerate(company.SESSIONS):
        members = np.flatnonzero(people.liveliness == level)
        usual[members] = from_quantiles(rng, table, len(members))
    asked = usual * (touches_per_person / USUAL_TOUCHES)
    visits = np.maximum(np.floor(asked + rng.random(size)).astype(np.int64), 1)

    person = np.repeat(np.arange(size), visits)
    turn = within_group(visits)
    gap = np.zeros(len(person), dtype=np.int64)
    for level, table in enumerate(company.DAYS_BETWEEN_SESSIONS):
        members = np.flatnonzero((people.liveliness[person] == level) & (turn > 0))
        gap[members] = from_quantiles(rng, table, len(members))
    day = people.arrived_at[person] // DAY + summed_within_group(gap, visits)
    second = choose(rng, HOUR_WEIGHTS, len(person)) * HOUR + below(rng, HOUR, len(person))
    at = np.where(turn == 0, people.arrived_at[person], day * DAY + second)

    # A quiet day swallows visits in the measure in which it is quiet.
    in_range = (at >= people.arrived_at[person]) & (day <= setting.last_number)
    level_of_day = setting.liveliness[np.minimum(day, setting.last_number) - setting.first_number]
    kept = in_range & ((turn == 0) | happens(rng, level_of_day / 12_400, len(person)))
    person, turn, at = person[kept], turn[kept], at[kept]

    row = at // DAY - setting.first_number
    campaign = choose_by_row(rng, setting.visit_weights, row)
    campaign = np.where(turn == 0, people.campaign[person], campaign)
    return _touches_of_visits(rng, setting, person, at, campaign, people.is_buying[person])


def simulate_nurture(
    rng: np.random.Generator, setting: Setting, people: People, recycled_at: Whole
) -> Touches:
    """What the nurture mails bring from people who were given back (NEVER: not given back)."""
    recycled = np.flatnonzero(recycled_at < setting.end_at)
    recycled = recycled[happens(rng, NURTURED_SHARE, len(recycled))]
    visits = from_quantiles(rng, NURTURE_VISITS, len(recycled))
    person = np.repeat(recycled, visits)
    gap = from_quantiles(rng, ((0.0, 3), (0.5, 12), (1.0, 45)), len(person))
    day = recycled_at[person] // DAY + summed_within_group(gap, visits)
    second = choose(rng, HOUR_WEIGHTS, len(person)) * HOUR + below(rng, HOUR, len(person))
    nurture = min(company.NURTURE, len(setting.campaigns))
    return _touches_of_visits(
        rng,
        setting,
        person,
        day * DAY + second,
        np.full(len(person), nurture),
        happens(rng, 0.35, len(person)) & people.is_buying[person],
    )


def _touches_of_visits(
    rng: np.random.Generator, setting: Setting, person: Whole, at: Whole, campaign: Whole, is_buying: Flags
) -> Touches:
    counts = from_quantiles(rng, TOUCHES_IN_A_VISIT, len(person))
    visit = np.repeat(np.arange(len(person)), counts)
    turn = within_group(counts)
    gap = np.where(turn == 0, 0, from_quantiles(rng, SECONDS_BETWEEN_TOUCHES, len(visit)))
    touched_at = at[visit] + summed_within_group(gap, counts)

    channels = [company.CHANNELS.index(c.channel) for c in setting.campaigns]
    channel = np.array([*channels, company.CHANNELS.index("direct")])[campaign][visit]
    weights = np.array(company.TOUCH_WEIGHTS_LOOKING + company.TOUCH_WEIGHTS_BUYING, dtype=np.int64)
    row = channel + np.where(is_buying[visit], len(company.CHANNELS), 0)
    kind = choose_by_row(rng, weights, row)
    known = touched_at < setting.end_at
    return Touches(person[visit][known], touched_at[known], kind[known], campaign[visit][known])
