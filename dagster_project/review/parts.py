"""What a page is made of, before it becomes HTML: sections with sentences, charts and tables.

What belongs here: the parts as data. What doesn't: HTML, which is in the template alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dagster_project.review.charts import Chart, Drawing
from dagster_project.review.marts import Row, Rows
from dagster_project.review.periods import Review
from dagster_project.review.wording import Wording

NOTHING = "–"
MOST_OPEN_ROWS = 8
"""A longer table that a chart stands for is folded on a screen; on paper it is open."""


@dataclass(frozen=True)
class Cell:
    """One cell: what is read, and for a number the number itself; one that `is_whole` never goes over two lines."""

    text: str
    value: str | None = None
    status: str | None = None
    is_number: bool = False
    is_whole: bool = False


@dataclass(frozen=True)
class Table:
    """A table; `name` tells it from the others of a page."""

    name: str
    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()
    is_behind_chart: bool = True

    @property
    def is_folded(self) -> bool:
        """Whether a screen shows it only when asked: it is long, and a chart shows the same."""
        return self.is_behind_chart and len(self.rows) > MOST_OPEN_ROWS

    def is_number(self, column: int) -> bool:
        """Whether a column has numbers."""
        return any(row[column].is_number for row in self.rows)


@dataclass(frozen=True)
class Link:
    """A place on the page."""

    target: str
    text: str


@dataclass(frozen=True)
class Section:
    """A part of the page with its own heading."""

    name: str
    title: str
    sentences: Sequence[str]
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    how_to_read: str = ""
    notes: Sequence[str] = ()
    questions: Sequence[Link] = field(default=())


@dataclass(frozen=True)
class Evidence:
    """Everything that a page of one review is made from.

    `tables` has the rows of every query by its name, `absent` the optional tables that are not published.
    """

    review: Review
    wording: Wording
    drawing: Drawing
    tables: dict[str, Rows]
    absent: frozenset[str]

    def rows(self, query: str) -> Rows:
        return self.tables[query]

    @property
    def months(self) -> Rows:
        """The review's months that have begun, with the contract version of each."""
        return self.tables["months"]

    @property
    def begun(self) -> tuple[date, ...]:
        return tuple(month["period"] for month in self.months)

    @property
    def latest_terms(self) -> Row:
        """The contract version of the latest month that has begun."""
        return self.months[-1]

    @property
    def is_over(self) -> bool:
        """Whether both months are over."""
        return len(self.months) == len(self.review.periods) and all(month["is_over"] for month in self.months)

    @property
    def commitments(self) -> Rows:
        """What was promised for the review's own months."""
        return [row for row in self.tables["commitments"] if row["is_reviewed"]]

    @property
    def is_final(self) -> bool:
        """Whether both months are over and nothing of their commitments is pending."""
        return self.is_over and all(row["final"] for row in self.commitments)

    @property
    def mql_metric(self) -> str:
        """Which MQLs marketing promised: those delivered, or those qualified where only that is promised."""
        promised = {row["metric"] for row in self.commitments}
        is_qualified = "mqls_qualified" in promised and "mqls_delivered" not in promised
        return "mqls_qualified" if is_qualified else "mqls_delivered"

    def goal(self, metric: str, period: date) -> Row | None:
        """The commitment on a metric in a month; of several, the first by its id."""
        found = [row for row in self.commitments if row["metric"] == metric and row["period"] == period]
        return min(found, key=lambda row: str(row["commitment_id"])) if found else None

    # cells

    def count(self, number: float | None) -> Cell:
        return _cell(number, lambda value: self.wording.number(value))

    def about(self, number: float | None) -> Cell:
        return _cell(number, self.wording.about)

    def share(self, share: float | None) -> Cell:
        return _cell(share, self.wording.share)

    def money(self, amount: float | None) -> Cell:
        return _cell(amount, self.wording.money)

    def hours(self, seconds: float | None) -> Cell:
        return _cell(seconds, self.wording.hours)

    def in_unit(self, number: float | None, unit: str) -> Cell:
        return _cell(number, lambda value: self.wording.in_unit(value, unit))

    def month(self, period: date) -> Cell:
        return Cell(self.wording.short_month(period), value=f"{period:%Y-%m}", is_whole=True)

    def headings(self, *names: str) -> tuple[str, ...]:
        """Headings by the names of their sentences."""
        return tuple(self.wording.say(f"heading.{name}") for name in names)


def _cell(number: Any, shown: Any) -> Cell:
    if number is None:
        return Cell(NOTHING, is_number=True)
    return Cell(
        shown(number), value=repr(float(number)) if isinstance(number, float) else str(number), is_number=True
    )
