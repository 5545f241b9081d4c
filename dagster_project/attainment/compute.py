"""From the warehouse's aggregates to the rows of `sla_attainment`.

What belongs here: joining targets with counts, and handing exact numbers to `figures.py`. What
doesn't: anything that grows with the number of people, which is counted in the warehouse before.
"""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from dagster_project.attainment.columns import ATTAINMENT_COLUMNS
from dagster_project.attainment.figures import (
    Comparison,
    Figures,
    ObligationCounts,
    Progress,
    Target,
    attainment_of,
    rate_figures,
    ratio_figures,
    volume_figures,
)
from dagster_project.attainment.metrics import METRICS, Kind, Metric

if TYPE_CHECKING:
    import pandas as pd

TARGET_UNIT = Decimal("1e-12")

# How pandas holds each column: doubles and counts can be null, exact targets stay Decimal objects.
PANDAS_TYPES = {
    "DATE": "object",
    "VARCHAR": "str",
    "INTEGER": "int32",
    "BIGINT": "Int64",
    "DOUBLE": "float64",
    "DECIMAL(38,12)": "object",
    "BOOLEAN": "bool",
    "TIMESTAMPTZ": "datetime64[us, UTC]",
}

ARROW_TYPES = {
    "DATE": pa.date32(),
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DECIMAL(38,12)": pa.decimal128(38, 12),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}


def compute_attainment(
    periods: pd.DataFrame,
    targets: pd.DataFrame,
    obligation_counts: pd.DataFrame,
    event_counts: pd.DataFrame,
    complete_through: datetime,
) -> pd.DataFrame:
    """One row per commitment and period that has a target, in order of period and contract.

    - `periods`: period, is_over, business_microseconds, elapsed_business_microseconds;
    - `targets`: period, commitment_id, position, owner, metric, contract_version, comparison, target;
    - `obligation_counts`: period, obligation, met, breached, pending, due, due_met (no row is none);
    - `event_counts`: period, event, value: events, or money in the contract's currency (no row is 0);
    - `complete_through`: the instant that all of this is stated as of; without a zone it is UTC.

    The columns are those of `ATTAINMENT_COLUMNS`. Counts, values and targets have to be exact
    (int or Decimal): a double raises TypeError, since comparing it with a target could err.
    An unknown metric, or a target in a period that isn't among `periods`, raises KeyError.
    """
    progress = {
        _as_date(row["period"]): Progress(
            is_over=bool(row["is_over"]),
            elapsed=int(row["elapsed_business_microseconds"]),
            whole=int(row["business_microseconds"]),
        )
        for row in _rows(periods)
    }
    obligations = {
        (_as_date(row["period"]), str(row["obligation"])): ObligationCounts(
            **{name: int(_exact(row[name])) for name in ("met", "breached", "pending", "due", "due_met")}
        )
        for row in _rows(obligation_counts)
    }
    events = {
        (_as_date(row["period"]), str(row["event"])): _exact(row["value"]) for row in _rows(event_counts)
    }
    as_of = complete_through.replace(tzinfo=UTC) if complete_through.tzinfo is None else complete_through

    rows = []
    for row in sorted(_rows(targets), key=lambda row: (_as_date(row["period"]), int(row["position"]))):
        period = _as_date(row["period"])
        metric = METRICS[row["metric"]]
        target = Target(cast(Comparison, row["comparison"]), _exact(row["target"]))
        counts = obligations.get((period, metric.obligation or ""), ObligationCounts())
        figures = _figures(metric, period, target, progress[period], counts, events)
        rows.append(
            {
                "period": period,
                "commitment_id": row["commitment_id"],
                "owner": row["owner"],
                "metric": metric.name,
                "contract_version": int(row["contract_version"]),
                "comparison": row["comparison"],
                "target": _shown_target(row["target"]),
                "actual": _shown(figures.actual),
                **_counts_shown(metric, counts),
                "worst": _shown(figures.worst),
                "best": _shown(figures.best),
                "projection": _shown(figures.projection),
                "attainment": _shown(attainment_of(figures.actual, target)),
                "status": figures.status,
                "final": figures.final,
                "complete_through": as_of,
            }
        )
    import pandas as pd  # the definitions load without it

    frame = pd.DataFrame(rows, columns=list(ATTAINMENT_COLUMNS))
    return frame.astype(
        {name: PANDAS_TYPES[column.duckdb_type] for name, column in ATTAINMENT_COLUMNS.items()}
    )


def attainment_table(frame: pd.DataFrame) -> pa.Table:
    """The frame of `compute_attainment` with the types of the published table, for DuckDB to read."""
    schema = pa.schema(
        [(name, ARROW_TYPES[column.duckdb_type]) for name, column in ATTAINMENT_COLUMNS.items()]
    )
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)


def _figures(
    metric: Metric,
    period: date,
    target: Target,
    progress: Progress,
    counts: ObligationCounts,
    events: Mapping[tuple[date, str], Fraction],
) -> Figures:
    if metric.kind is Kind.RATE:
        return rate_figures(counts, target, progress)
    numerator = events.get((period, metric.numerator or ""), Fraction(0))
    if metric.kind is Kind.VOLUME:
        return volume_figures(numerator, target, progress)
    return ratio_figures(
        numerator,
        events.get((period, metric.denominator or ""), Fraction(0)),
        target,
        progress,
        is_worst_without_denominator=metric.is_worst_without_denominator,
    )


def _counts_shown(metric: Metric, counts: ObligationCounts) -> dict[str, int | None]:
    if metric.kind is not Kind.RATE:
        return dict.fromkeys(("met", "breached", "pending", "due"))
    return {"met": counts.met, "breached": counts.breached, "pending": counts.pending, "due": counts.due}


def _rows(frame: pd.DataFrame) -> Iterable[dict[str, Any]]:
    return cast("list[dict[str, Any]]", frame.to_dict(orient="records"))


def _as_date(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else cast(date, value)


def _exact(value: Any) -> Fraction:
    if isinstance(value, Decimal):
        return Fraction(value)
    if isinstance(value, numbers.Integral):
        return Fraction(int(value))
    raise TypeError(f"{value!r} is no exact number: pass integers and decimals, not {type(value).__name__}")


def _shown_target(target: Decimal | int) -> Decimal:
    """A target to twelve decimals, as it is published; it is compared with all of its decimals."""
    return Decimal(target).quantize(TARGET_UNIT, context=Context(prec=38))


def _shown(number: Fraction | None) -> float | None:
    return None if number is None else float(number)
