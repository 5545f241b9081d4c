"""The last step of the way: from what was owed and done to what each department attained.

What belongs here: metrics, figures, status, the columns of `sla_attainment` and its rendering on a
terminal. What doesn't: reading or writing the warehouse, and anything per person: only aggregates
arrive here.
"""

from __future__ import annotations

from dagster_project.attainment.columns import ATTAINMENT_COLUMNS, ATTAINMENT_DESCRIPTION, Column
from dagster_project.attainment.compute import attainment_table, compute_attainment
from dagster_project.attainment.markdown import attainment_markdown
from dagster_project.attainment.metrics import METRICS, Kind, Metric
from dagster_project.attainment.terminal import attainment_text

__all__ = [
    "ATTAINMENT_COLUMNS",
    "ATTAINMENT_DESCRIPTION",
    "METRICS",
    "Column",
    "Kind",
    "Metric",
    "attainment_markdown",
    "attainment_table",
    "attainment_text",
    "compute_attainment",
]
