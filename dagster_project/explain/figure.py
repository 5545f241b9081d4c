"""A published figure, and everything that it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

SQL_FOLDER = Path(__file__).parent / "sql"


class ExplainError(ValueError):
    """The figure can't be explained; the message says what to do."""


@dataclass(frozen=True)
class Measures:
    """What a metric counts: the obligations of a kind, or the events of its numerator and denominator."""

    obligation: str | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A row of the published `sla_attainment`, by column."""

    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True)
class Counted:
    """One obligation or event that a figure counts; `number` is its place in the list, from 1.

    Obligations have `outcome`, `has_passed`, and `started_at`, `due_at` and `done_at`; events have an exact `amount`
    (1, or money in the contract's currency), and `started_at` is when they happened. Instants are naive UTC.
    """

    number: int
    measure: str
    person_id: str | None
    cycle: int | None
    rep_id: str | None
    object: str | None
    record_id: str | None
    amount: Decimal | None
    outcome: str | None
    has_passed: bool | None
    started_at: datetime
    due_at: datetime | None
    done_at: datetime | None


@cache
def query(name: str) -> str:
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def rows_of(
    connection: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """The rows of one of the room's queries, each by column."""
    cursor = connection.execute(query(name), dict(parameters))
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def published_figure(connection: duckdb.DuckDBPyConnection, period: date, commitment: str) -> Figure:
    """The published row of a commitment in a period.

    The connection has the database `published` attached. Raises ExplainError, naming what there is, when there is no
    such row.
    """
    rows = rows_of(connection, "figure", {"period": period, "commitment": commitment})
    if rows:
        return Figure(rows[0])
    known = connection.execute(
        "select distinct commitment_id from published.marts.sla_attainment where period = $1 order by all",
        [period],
    ).fetchall()
    if known:
        raise ExplainError(
            f"There is no commitment {commitment} in {period:%Y-%m}. "
            f"The commitments of that month are: {', '.join(each for (each,) in known)}."
        )
    ((first, last),) = connection.execute(
        "select min(period), max(period) from published.marts.sla_attainment"
    ).fetchall()
    has_any = "Nothing is published." if first is None else f"Published are {first:%Y-%m} to {last:%Y-%m}."
    raise ExplainError(f"Nothing is stated of {period:%Y-%m}. {has_any}")


def counted_things(
    connection: duckdb.DuckDBPyConnection, period: date, measures: Measures
) -> Sequence[Counted]:
    """All that a figure counts, in order; the connection's own database is the build of the published file."""
    if measures.obligation is not None:
        rows = rows_of(connection, "obligations", {"period": period, "obligation": measures.obligation})
    else:
        rows = rows_of(connection, "events", {"period": period, "events": list(measures.events)})
    return [Counted(number=number, **row) for number, row in enumerate(rows, 1)]
