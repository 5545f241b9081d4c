"""Which reviews there are: two consecutive periods each, aligned on the contract's first period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Review:
    """Two consecutive calendar months, each by its first day; the second may not have begun."""

    first: date
    second: date

    @property
    def name(self) -> str:
        """The name of its file, without an ending: `2026-01_2026-02`."""
        return f"{self.first:%Y-%m}_{self.second:%Y-%m}"

    @property
    def periods(self) -> tuple[date, date]:
        return self.first, self.second


def review_from(first: date) -> Review:
    """The review that begins with a month."""
    return Review(first, month_after(first))


def month_after(period: date) -> date:
    """The first day of the next month."""
    return date(period.year + period.month // 12, period.month % 12 + 1, 1)


def reviews_of(periods: Iterable[date]) -> tuple[Review, ...]:
    """The reviews of the months that have begun, in order, from the contract's first on.

    The last one's second month may be among them or not. No month: no review.
    """
    return tuple(review_from(period) for period in sorted(periods)[::2])
