"""The figures of one commitment in one period, exact.

What belongs here: the arithmetic from counts to actual, bounds, projection, attainment and status.
What doesn't: tables, and doubles: every number here is an int or a Fraction, so that a target of
0.1 is met by one in ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Comparison = Literal["at_least", "at_most"]
Status = Literal["met", "missed", "on_track", "at_risk", "no_data"]


@dataclass(frozen=True)
class Target:
    """What was promised."""

    comparison: Comparison
    value: Fraction

    def holds(self, number: Fraction) -> bool:
        """Whether a number keeps the promise."""
        return number >= self.value if self.comparison == "at_least" else number <= self.value


@dataclass(frozen=True)
class Progress:
    """How much of a period has passed, in business time of any one unit."""

    is_over: bool
    elapsed: int
    whole: int


@dataclass(frozen=True)
class ObligationCounts:
    """Obligations of one kind in one period: by outcome, and those whose deadline has passed."""

    met: int = 0
    breached: int = 0
    pending: int = 0
    due: int = 0
    due_met: int = 0

    @property
    def total(self) -> int:
        return self.met + self.breached + self.pending


@dataclass(frozen=True)
class Figures:
    """What a row of `sla_attainment` states; None is null."""

    actual: Fraction | None
    status: Status
    final: bool
    worst: Fraction | None = None
    best: Fraction | None = None
    projection: Fraction | None = None


def volume_figures(count: Fraction, target: Target, progress: Progress) -> Figures:
    """The figures of a volume: `count` events, or money, of the period so far."""
    if progress.is_over:
        status: Status = "met" if target.holds(count) else "missed"
        return Figures(actual=count, status=status, final=True, projection=count)
    projection = count * progress.whole / progress.elapsed if progress.elapsed else None
    if target.comparison == "at_least" and target.holds(count):
        status = "met"
    elif target.comparison == "at_most" and not target.holds(count):
        status = "missed"
    else:
        status = _outlook(projection, target)
    return Figures(actual=count, status=status, final=False, projection=projection)


def rate_figures(counts: ObligationCounts, target: Target, progress: Progress) -> Figures:
    """The figures of a rate over the obligations of the period."""
    total = counts.total
    is_final = progress.is_over and counts.pending == 0
    if total == 0:
        return Figures(actual=None, status="no_data" if progress.is_over else "on_track", final=is_final)
    worst = Fraction(counts.met, total)
    best = Fraction(counts.met + counts.pending, total)
    if is_final:
        actual: Fraction | None = worst
    else:
        actual = Fraction(counts.due_met, counts.due) if counts.due else None
    status = _outlook(actual, target)
    if progress.is_over:
        unfavourable, favourable = (worst, best) if target.comparison == "at_least" else (best, worst)
        if target.holds(unfavourable):
            status = "met"
        elif not target.holds(favourable):
            status = "missed"
    return Figures(actual=actual, status=status, final=is_final, worst=worst, best=best)


def ratio_figures(
    numerator: Fraction,
    denominator: Fraction,
    target: Target,
    progress: Progress,
    *,
    is_worst_without_denominator: bool,
) -> Figures:
    """The figures of a ratio; without a denominator there is none, however much there is to divide."""
    if denominator != 0:
        actual = numerator / denominator
        if progress.is_over:
            return Figures(actual=actual, status="met" if target.holds(actual) else "missed", final=True)
        return Figures(actual=actual, status=_outlook(actual, target), final=False)
    if numerator != 0 and is_worst_without_denominator:
        return Figures(
            actual=None, status="missed" if progress.is_over else "at_risk", final=progress.is_over
        )
    return Figures(actual=None, status="no_data" if progress.is_over else "on_track", final=progress.is_over)


def attainment_of(actual: Fraction | None, target: Target) -> Fraction | None:
    """How far a target is reached: actual ÷ target, or its inverse where less is better."""
    if actual is None or target.value == 0:
        return None
    if target.comparison == "at_least":
        return actual / target.value
    return target.value / actual if actual != 0 else None


def _outlook(number: Fraction | None, target: Target) -> Status:
    """What an undecided commitment looks like; with nothing to go by, it is on track."""
    return "on_track" if number is None or target.holds(number) else "at_risk"
