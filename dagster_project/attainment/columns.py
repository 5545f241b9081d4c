"""The columns of `sla_attainment`: names, types and what they mean, in plain words.

What belongs here: the one declaration that the table, its comments and the UI's metadata are made
from. What doesn't: any figure.
"""

from __future__ import annotations

from typing import NamedTuple

ATTAINMENT_DESCRIPTION = (
    "One row per commitment and period: what was promised, what was done, and how certain that is. "
    "A period without a target has no row."
)


class Column(NamedTuple):
    """A column's DuckDB type and its description."""

    duckdb_type: str
    description: str


ATTAINMENT_COLUMNS: dict[str, Column] = {
    "period": Column("DATE", "The first day of the calendar month in the contract's time zone."),
    "commitment_id": Column("VARCHAR", "The commitment, as the contract names it."),
    "owner": Column("VARCHAR", "The department that owes it: marketing or sales."),
    "metric": Column("VARCHAR", "What is measured."),
    "contract_version": Column("INTEGER", "The contract version in force when the period began."),
    "comparison": Column("VARCHAR", "Whether the actual has to be at_least or at_most the target."),
    "target": Column("DECIMAL(38,12)", "What was promised for the period."),
    "actual": Column(
        "DOUBLE",
        "What was reached. A rate is taken over the obligations whose deadline has passed, and over all of "
        "the period once it is over and nothing is pending; null when there are none.",
    ),
    "met": Column("BIGINT", "Obligations of the period done on time; null where the metric is no rate."),
    "breached": Column(
        "BIGINT", "Obligations of the period not done on time; null where the metric is no rate."
    ),
    "pending": Column(
        "BIGINT", "Obligations of the period still undecided; null where the metric is no rate."
    ),
    "due": Column(
        "BIGINT",
        "Obligations of the period whose deadline has passed, whatever came of them; "
        "null where the metric is no rate.",
    ),
    "worst": Column("DOUBLE", "The rate if every pending obligation is breached."),
    "best": Column("DOUBLE", "The rate if every pending obligation is met."),
    "projection": Column(
        "DOUBLE",
        "Where a volume ends if the rest of the period goes on as its business time so far; "
        "the actual once it is over.",
    ),
    "attainment": Column(
        "DOUBLE",
        "How far the target is reached: 1 is exactly, more is better. Null without an actual or by zero.",
    ),
    "status": Column(
        "VARCHAR",
        "met or missed where that is certain, on_track or at_risk where it isn't yet, "
        "no_data where nothing was owed.",
    ),
    "final": Column(
        "BOOLEAN", "Whether the period is over and nothing is pending; a late record can still change it."
    ),
    "complete_through": Column("TIMESTAMPTZ", "The instant that the row is stated as of."),
}
