"""Marketing's automation: who looks qualified, when, and since when sales would want to know.

What belongs here: the score as the invented company's marketing system reckons it. It follows the
demo's contracts closely, because that is what the two departments agreed on, but nothing reads it
except the simulated people who act on it: every published figure is made by the pipeline, from the
extracts and the contract.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .clock import DAY, NEVER
from .company import TOUCH_KINDS
from .draws import Flags, Whole

THRESHOLDS = (58, 62)  # under the first version of the agreement, and under the second
FIT_POINTS = {"industry": 12, "decision_maker": 18, "budget": 12, "size": 8, "student": -40}
REQUALIFY_AFTER_DAYS = 30
MANY_TOUCHES = 8


@dataclass(frozen=True)
class EngagementPoints:
    """Points for each touch of some kinds, up to a number within a window."""

    touch_types: frozenset[str]  # empty: every touch
    content_types: frozenset[str]
    points: int
    max_count: int
    window_days: int

    def matches(self, touch_type: str, content_type: str) -> bool:
        return (not self.touch_types or touch_type in self.touch_types) and (
            not self.content_types or content_type in self.content_types
        )


ENGAGEMENT_POINTS = (
    EngagementPoints(frozenset(), frozenset(), 1, 10, 90),
    EngagementPoints(frozenset({"content_download"}), frozenset({"pricing", "case_study"}), 12, 2, 60),
    EngagementPoints(frozenset({"form_submission"}), frozenset({"contact"}), 8, 2, 90),
    EngagementPoints(frozenset({"webinar_attended"}), frozenset(), 8, 1, 60),
    EngagementPoints(frozenset({"info_request"}), frozenset(), 18, 1, 30),
)
_ASKED = EngagementPoints(frozenset({"info_request"}), frozenset(), 0, 0, 0)
_PRICING = EngagementPoints(frozenset(), frozenset({"pricing"}), 0, 0, 0)

# A person and a time in one sortable number: times stay far below this.
_PERSON = 1 << 40


@dataclass(frozen=True)
class Interactions:
    """Touches in the order of person and time: parallel arrays."""

    person: Whole
    at: Whole
    kind: Whole

    def keys(self) -> Whole:
        """Person and time as one number, in order."""
        return self.person * _PERSON + self.at

    def of_kinds(self, rule: EngagementPoints) -> Whole:
        """The keys of the touches that a rule matches."""
        matching = np.array([rule.matches(*kind) for kind in TOUCH_KINDS])
        return self.keys()[matching[self.kind]]


def in_order(person: Whole, at: Whole, kind: Whole) -> Interactions:
    """The touches, sorted by person and time."""
    order = np.argsort(person * _PERSON + at, kind="stable")
    return Interactions(person[order], at[order], kind[order])


@dataclass(frozen=True)
class Standing:
    """Where each person stands when a cycle begins: one entry a person."""

    cycle_start: Whole  # NEVER: not in this cycle
    allowed_from: Whole  # no qualification before
    fit_before: Whole  # points before and after the record was completed
    fit_after: Whole
    completed_at: Whole
    eligible: Flags


def qualify(touches: Interactions, standing: Standing, second_version_at: int) -> tuple[Whole, Whole]:
    """(qualified at, ready at) for each person in the cycle; NEVER where it doesn't come to it."""
    people = len(standing.cycle_start)
    completions = np.flatnonzero((standing.completed_at < NEVER) & (standing.cycle_start < NEVER))
    person = np.concatenate([touches.person, completions])
    at = np.concatenate([touches.at, standing.completed_at[completions]])
    keep = standing.eligible[person] & (at >= standing.allowed_from[person])
    keys = np.sort(person[keep] * _PERSON + at[keep], kind="stable")
    person, at = keys // _PERSON, keys % _PERSON

    completed = at >= standing.completed_at[person]
    score = np.where(completed, standing.fit_after[person], standing.fit_before[person])
    start = standing.cycle_start[person]
    for rule in ENGAGEMENT_POINTS:
        counted = touches.of_kinds(rule)
        after = np.maximum(at - rule.window_days * DAY, start - 1)
        number = np.searchsorted(counted, keys, side="right") - np.searchsorted(
            counted, person * _PERSON + after, side="right"
        )
        score = score + rule.points * np.minimum(number, rule.max_count)
    enough = np.flatnonzero(score >= np.where(at < second_version_at, *THRESHOLDS))

    qualified_at = np.full(people, NEVER)
    who, first = np.unique(person[enough], return_index=True)
    qualified_at[who] = at[enough[first]]
    return qualified_at, _ready(touches, standing.cycle_start, qualified_at)


def _ready(touches: Interactions, cycle_start: Whole, qualified_at: Whole) -> Whole:
    """The first time at or after qualification at which a hand-off trigger has been reached."""
    reached = np.minimum(
        np.minimum(
            _nth_at(touches.of_kinds(_ASKED), cycle_start, 1),
            _nth_at(touches.of_kinds(_PRICING), cycle_start, 1),
        ),
        _nth_at(touches.keys(), cycle_start, MANY_TOUCHES),
    )
    return np.where(qualified_at < NEVER, np.maximum(qualified_at, reached), NEVER)


def _nth_at(keys: Whole, cycle_start: Whole, n: int) -> Whole:
    """The time of each person's n-th touch of a cycle; NEVER where there are fewer."""
    people = np.arange(len(cycle_start))
    index = np.searchsorted(keys, people * _PERSON + np.minimum(cycle_start, NEVER - 1), side="left") + n - 1
    padded = np.concatenate([keys, np.full(n, len(cycle_start) * _PERSON)])
    found = padded[np.minimum(index, len(padded) - 1)]
    mine = (found // _PERSON == people) & (cycle_start < NEVER)
    return np.where(mine, found % _PERSON, NEVER)
