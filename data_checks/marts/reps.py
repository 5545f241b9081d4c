"""Reps, and what they did with their MQLs in each period."""

from __future__ import annotations

from ..checks import RowCount, Severity, Suite
from .common import as_many_as, must_not, none_such, one_row_per_key

DIM_REPS = Suite(
    name="dim_reps",
    table="marts.dim_reps",
    title="Reps",
    checks=(
        RowCount(
            id="there_are_reps",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "No user is a rep, so every MQL counts as never handed off. Look at the words in the column department "
                "of users: a rep's is sales."
            ),
        ),
        one_row_per_key("dim_reps", "rep_id"),
    ),
)

REP_PERFORMANCE = Suite(
    name="rep_performance",
    table="marts.rep_performance",
    title="Reps' performance",
    checks=(
        as_many_as(
            "reps_received_every_handed_off_mql",
            "handed-off MQLs",
            "select coalesce(sum(mqls), 0) from marts.rep_performance",
            "select count(handed_off_at) from marts.fct_mqls",
        ),
        one_row_per_key("rep_performance", "rep_id", "period"),
        must_not(
            "rep_figures_are_sane",
            """
                least(mqls, attempts, sqls, meetings, won, lost, min, max) < 0
                or min > max
                or first_response_p50_business_seconds < 0
                or first_response_p50_business_seconds > first_response_p90_business_seconds
            """,
            ("rep_id", "period"),
            "Figures of these reps are negative, or a minimum lies above its maximum.",
        ),
        none_such(
            "reps_with_figures_are_known",
            "select rep_id, period from marts.rep_performance where rep_id not in (select rep_id from marts.dim_reps)",
            "These figures are of reps that the dimension doesn't have.",
        ),
    ),
)
