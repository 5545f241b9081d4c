"""`make explain`: where a published figure comes from, down to the file and line of an extract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dagster_project.attainment import attainment_table, compute_attainment
from dagster_project.attainment.metrics import METRICS, Metric
from dagster_project.commands.console import Console
from dagster_project.decisions.causes import RECORD_KEYS
from dagster_project.explain import (
    Counted,
    DeliveredRow,
    ExplainError,
    Figure,
    Measures,
    Record,
    counted_things,
    delivered_rows,
    figure_text,
    published_figure,
    records_of,
    records_text,
)
from dagster_project.settings import Settings
from dagster_project.warehouse.quoting import literal

PERIOD = "%Y-%m"


@dataclass(frozen=True)
class Explanation:
    """A published figure, all that it counts, and what one of these (`chosen`; None of nothing) rests on."""

    figure: Figure
    things: Sequence[Counted]
    chosen: Counted | None
    records: Sequence[Record]
    rows: Sequence[DeliveredRow]


def main(
    settings: Settings,
    console: Console,
    period: str,
    commitment: str,
    obligation: str | None = None,
    person: str | None = None,
) -> int:
    """Print the explanation; 1 when there is no such figure, or the build it came from is gone."""
    try:
        month = _month(period)
        explanation = explain(settings, month, commitment, obligation, person)
    except ExplainError as error:
        console.fail(str(error))
        return 1
    figure = explanation.figure
    console.print(figure_text(figure, METRICS[figure.metric].meaning, explanation.things))
    if explanation.chosen is not None:
        console.print(
            records_text(explanation.chosen, explanation.records, explanation.rows, settings.archive)
        )
    return 0


def explain(
    settings: Settings,
    period: date,
    commitment: str,
    obligation: str | None = None,
    person: str | None = None,
) -> Explanation:
    """Explain a published figure by the build that it was published from.

    `obligation` is the number of one of the things that the figure counts, `person` the person or rep of one; without
    either it is the first. Raises ExplainError when nothing is published, or when what the build counts isn't what is
    published.
    """
    published, build = settings.published / "warehouse.duckdb", settings.build_warehouse
    for path in (published, build):
        if not path.is_file():
            raise ExplainError(f"{path} isn't there: run everything (make run), then explain.")
    try:
        connection = duckdb.connect(build, read_only=True)
    except duckdb.IOException as error:
        raise ExplainError(f"{build} is being written by a run. Explain when it has ended.") from error
    with connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(str(published))} as published (read_only)")
        figure = published_figure(connection, period, commitment)
        metric = METRICS[figure.metric]
        things = counted_things(connection, period, _measures(metric))
        if recount(connection, figure, metric, things) != figure.values:
            raise ExplainError(
                f"The build in {settings.build} is not the one that was published: a later run has begun it anew and "
                "has not published. Run everything again (make run), then explain."
            )
        chosen = _chosen(things, obligation, person)
        records = [] if chosen is None else records_of(connection, chosen, period)
        rows = delivered_rows(connection, records, RECORD_KEYS | {"campaigns": "campaign_id"})
    return Explanation(figure, things, chosen, records, rows)


def recount(
    connection: duckdb.DuckDBPyConnection, figure: Figure, metric: Metric, things: Sequence[Counted]
) -> dict[str, Any]:
    """The row of `sla_attainment` that the listed things make, by the same arithmetic as the published one."""
    periods = _frame(connection, "select * from intermediate.int_periods where period = $1", figure.period)
    targets = _frame(
        connection, "select * from intermediate.int_commitment_targets where period = $1", figure.period
    )
    targets = targets[targets["commitment_id"] == figure.commitment_id]
    ((complete_through,),) = connection.execute("select complete_through from raw.as_of").fetchall()
    passed = [thing for thing in things if thing.has_passed]
    outcomes = [thing.outcome for thing in things]
    obligations = pd.DataFrame(
        [
            {
                "period": figure.period,
                "obligation": metric.obligation,
                **{name: outcomes.count(name) for name in ("met", "breached", "pending")},
                "due": len(passed),
                "due_met": sum(thing.outcome == "met" for thing in passed),
            }
        ]
    )
    events = pd.DataFrame(
        [
            {
                "period": figure.period,
                "event": name,
                "value": sum(
                    (thing.amount for thing in things if thing.measure == name and thing.amount), start=0
                ),
            }
            for name in _measures(metric).events
        ]
    ).astype("object")
    frame = compute_attainment(periods, targets, obligations, events, complete_through)
    with duckdb.connect() as memory:
        memory.execute("set TimeZone = 'UTC'")
        memory.register("recounted", attainment_table(frame))
        cursor = memory.execute("from recounted")
        columns = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
    return dict(zip(columns, rows[0], strict=True)) if rows else {}


def _frame(connection: duckdb.DuckDBPyConnection, query: str, period: date) -> pd.DataFrame:
    connection.complete()
    frame: pd.DataFrame = connection.sql(query, params=[period]).to_arrow_table().to_pandas()
    return frame


def _measures(metric: Metric) -> Measures:
    return Measures(metric.obligation, tuple(name for name in (metric.numerator, metric.denominator) if name))


def _chosen(things: Sequence[Counted], obligation: str | None, person: str | None) -> Counted | None:
    found = [
        thing
        for thing in things
        if (obligation is None or str(thing.number) == obligation)
        and (person is None or person in (thing.person_id, thing.rep_id))
    ]
    if not found and (obligation is not None or person is not None):
        asked = " and ".join(
            f"{name}={value}" for name, value in (("OBLIGATION", obligation), ("PERSON", person)) if value
        )
        raise ExplainError(
            f"The figure counts nothing with {asked}: take a number, person or rep from its list "
            "(the same command without it)."
        )
    return found[0] if found else None


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, PERIOD).date()
    except ValueError:
        raise ExplainError(f"PERIOD is {text!r}, but a month such as 2026-09 is expected.") from None


def archive_of(settings: Settings, row: DeliveredRow) -> Path:
    """Where the archive keeps the file of a delivered row."""
    assert row.sha256 is not None
    return settings.archive / row.sha256[:2] / row.sha256
