"""`mql_plan`: the next MQL number with its argument, as a table.

What belongs here: the table's columns, its queries and one row per period to come. What doesn't: the arithmetic
(`plan_figures`) and the argument in words (`plan_reason`).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import pyarrow as pa

from dagster_project.decisions.columns import Column, frame_of, schema_of
from dagster_project.decisions.plan_figures import Plan, plans
from dagster_project.decisions.plan_reason import reason_of
from dagster_project.decisions.queries import read_queries
from dagster_project.decisions.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

PLAN_QUERIES = read_queries("plan")

PLAN_DESCRIPTION = (
    "One row per period to come: how many MQLs to commit to, argued from the revenue goal, the budget, the history and "
    "the reps' capacity. Where there is too little to go by, there is no proposal and the reason says what is missing."
)
PLAN_COLUMNS: dict[str, Column] = {
    "period": Column("DATE", "The month to come, by its first day."),
    "required": Column(
        "DOUBLE",
        "MQLs that the revenue goal takes: goal ÷ average amount won per customer ÷ MQL-to-customer rate.",
    ),
    "required_low": Column("DOUBLE", "What it takes at the upper end of the rate's 90 % Wilson interval."),
    "required_high": Column("DOUBLE", "What it takes at the lower end of the rate's 90 % Wilson interval."),
    "affordable": Column("DOUBLE", "MQLs that the marketing budget pays for: budget ÷ cost per MQL."),
    "expected": Column(
        "DOUBLE",
        "MQLs to expect at the present demand: mean leads of the latest three periods × MQLs qualified per lead.",
    ),
    "workable": Column("BIGINT", "MQLs that the reps active on the first day may take at most, together."),
    "proposal": Column(
        "DOUBLE", "The number proposed: what is required, lowered to what is workable or affordable."
    ),
    "binding": Column("VARCHAR", "Which of the three set the proposal: required, workable or affordable."),
    "verdict": Column(
        "VARCHAR",
        "Against the target of the latest period that is over: raise, lower or hold (within 5 %), or not_more: it "
        "would be raise, but follow-up is the bottleneck.",
    ),
    "reason": Column("VARCHAR", "The argument in words, in the contract's language."),
}


def compute_plan(answers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of `mql_plan`, with the columns of PLAN_COLUMNS.

    `answers` are the rows of PLAN_QUERIES by name, asked of a build that has `marts.sla_attainment`; counts and amounts
    in them have to be exact (int or Decimal): a double raises TypeError.
    """
    return frame_of((_row(plan) for plan in plans(answers)), PLAN_COLUMNS)


def plan_table(frame: pd.DataFrame) -> pa.Table:
    """The frame of `compute_plan` with the types of the published table, for DuckDB to read."""
    return pa.Table.from_pandas(frame, schema=schema_of(PLAN_COLUMNS), preserve_index=False)


def _row(plan: Plan) -> dict[str, object]:
    wording = Wording(plan.terms.language, plan.terms.currency)
    return {
        "period": plan.terms.period,
        "required": _shown(plan.required),
        "required_low": plan.required_low,
        "required_high": plan.required_high,
        "affordable": _shown(plan.affordable),
        "expected": _shown(plan.expected),
        "workable": plan.terms.workable,
        "proposal": _shown(plan.proposal),
        "binding": plan.binding,
        "verdict": plan.verdict,
        "reason": reason_of(plan, wording),
    }


def _shown(number: Fraction | None) -> float | None:
    return None if number is None else float(number)
