"""Small frames as the warehouse hands them over: one commitment in one period, or several."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from dagster_project.attainment import compute_attainment

JANUARY = date(2026, 1, 1)
W = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)

RUNNING = {"is_over": False, "elapsed": 40, "whole": 160}
OVER = {"is_over": True, "elapsed": 160, "whole": 160}


def a_period(
    period: date = JANUARY, *, is_over: bool = True, elapsed: int = 160, whole: int = 160
) -> dict[str, Any]:
    return {
        "period": period,
        "contract_version": 1,
        "is_over": is_over,
        "business_microseconds": whole,
        "elapsed_business_microseconds": elapsed,
    }


def a_target(
    metric: str, comparison: str, target: str | int, period: date = JANUARY, **more: Any
) -> dict[str, Any]:
    row = {
        "period": period,
        "commitment_id": "the-promise",
        "position": 1,
        "owner": "sales",
        "metric": metric,
        "contract_version": 1,
        "comparison": comparison,
        "target": Decimal(str(target)),
    }
    return row | more


def some_obligations(
    obligation: str, met: int, breached: int, pending: int, due: int | None = None, due_met: int | None = None
) -> dict[str, Any]:
    """Counts of January; unless told otherwise, what is decided is what is due."""
    return {
        "period": JANUARY,
        "obligation": obligation,
        "met": met,
        "breached": breached,
        "pending": pending,
        "due": met + breached if due is None else due,
        "due_met": met if due_met is None else due_met,
    }


def an_event(event: str, value: str | int, period: date = JANUARY) -> dict[str, Any]:
    return {"period": period, "event": event, "value": Decimal(str(value))}


def frame(rows: list[dict[str, Any]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split(), dtype="object")


def attain_all(
    periods: list[dict[str, Any]],
    targets: list[dict[str, Any]],
    obligations: list[dict[str, Any]] | None = None,
    events: list[dict[str, Any]] | None = None,
    complete_through: datetime = W,
) -> pd.DataFrame:
    return compute_attainment(
        frame(periods, "period contract_version is_over business_microseconds elapsed_business_microseconds"),
        frame(targets, "period commitment_id position owner metric contract_version comparison target"),
        frame(obligations or [], "period obligation met breached pending due due_met"),
        frame(events or [], "period event value"),
        complete_through,
    )


def volume(comparison: str, target: str | int, count: str | int, progress: dict[str, Any]) -> Any:
    """The one row of a commitment on MQLs delivered."""
    events = [an_event("mqls_delivered", count)] if Decimal(str(count)) else []
    result = attain_all(
        [a_period(**progress)], [a_target("mqls_delivered", comparison, target)], events=events
    )
    return result.iloc[0]


def rate(comparison: str, target: str | int, progress: dict[str, Any], **counts: Any) -> Any:
    """The one row of a commitment on first attempts; without counts nothing is owed."""
    obligations = [some_obligations("first_attempt", **counts)] if counts else []
    targets = [a_target("first_attempt_on_time_rate", comparison, target)]
    return attain_all([a_period(**progress)], targets, obligations).iloc[0]


def win_rate(comparison: str, target: str | int, won: int, closed: int, progress: dict[str, Any]) -> Any:
    events = [an_event("opportunities_won", won), an_event("opportunities_closed", closed)]
    return attain_all([a_period(**progress)], [a_target("win_rate", comparison, target)], events=events).iloc[
        0
    ]


def cost_per_mql(
    comparison: str, target: str | int, spend: str | int, mqls: int, progress: dict[str, Any]
) -> Any:
    events = [an_event("campaign_spend", spend), an_event("mqls_delivered", mqls)]
    return attain_all(
        [a_period(**progress)], [a_target("cost_per_mql", comparison, target)], events=events
    ).iloc[0]
