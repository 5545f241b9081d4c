"""What a warehouse would answer to the plan's queries, told in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

Month = Mapping[str, Any]

TERMS: dict[str, Any] = {
    "period": date(2026, 7, 1),
    "contract_version": 1,
    "language": "en",
    "currency": "MXN",
    "has_plan": True,
    "has_customer_promise": True,
    "has_capacity": True,
    "lookback_periods": 6,
    "revenue_goal": Decimal(1_200_000),
    "marketing_budget": Decimal(126_000),
    "active_reps": 10,
    "workable": 150,
}
PROMISED = {"commitment_id": "mql-volume", "owner": "marketing", "metric": "mqls_delivered", "status": "met"}


def plan_answers(
    months: Sequence[Month], commitments: Sequence[Mapping[str, Any]] | None = None, **terms: Any
) -> dict[str, pd.DataFrame]:
    """The answers for a company with some months that are over, the last of them June 2026.

    A month's keys are leads, qualified, delivered, spend, and, of the MQLs handed off in it, decided, customers and
    won. Without `commitments`, 100 MQLs were promised for June.
    """
    periods = [_month(len(months) - place) for place in range(len(months))]
    funnel = [
        {
            "period": period,
            "leads": month.get("leads", 0),
            "mqls_qualified": month.get("qualified", 0),
            "mqls_delivered": month.get("delivered", 0),
            "spend": Decimal(month.get("spend", 0)),
        }
        for period, month in zip(periods, months, strict=True)
    ]
    cohorts = [
        {
            "period": period,
            "mqls": month["decided"],
            "customers": month.get("customers", 0),
            "amount_won": Decimal(month.get("won", 0)),
        }
        for period, month in zip(periods, months, strict=True)
        if month.get("decided")
    ]
    promised = [{**PROMISED, "target": Decimal(100)}] if commitments is None else commitments
    return {
        "terms": pd.DataFrame([TERMS | terms]),
        "funnel": _frame(funnel, "period leads mqls_qualified mqls_delivered spend"),
        "cohorts": _frame(cohorts, "period mqls customers amount_won"),
        "commitments": _frame(
            [{"period": date(2026, 6, 1), **each} for each in promised],
            "period commitment_id owner metric target status",
        ),
    }


def _frame(rows: Sequence[Mapping[str, Any]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split(), dtype="object")


def _month(months_ago: int) -> date:
    """The month so many before July 2026."""
    number = 2026 * 12 + 6 - months_ago
    return date(number // 12, number % 12 + 1, 1)
