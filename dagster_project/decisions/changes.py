"""What a publication changes in what was published before: the rows of the histories of attainment and plan.

What belongs here: comparing what is stated now with what was last published. What doesn't: why it differs (`causes`),
and where the history lies (`history`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from dagster_project.decisions.columns import Column, schema_of
from dagster_project.decisions.history import Publication
from dagster_project.decisions.plan import PLAN_COLUMNS
from dagster_project.decisions.queries import read_queries, table

QUERIES = read_queries("restatements")

HISTORY_DESCRIPTION = (
    "One row per published change: a commitment's figures in a period wherever they, or its status, differ from what "
    "was last published. A commitment that is stated no more has a row without figures. Nothing is ever removed."
)
PLAN_HISTORY_DESCRIPTION = (
    "One row per published change of a proposal: the next MQL number of a period wherever it, or its argument, differs "
    "from what was last proposed for that period. `mql_plan` has the periods that are still to come only."
)
PROVENANCE_COLUMNS: dict[str, Column] = {
    "published_at": Column("TIMESTAMPTZ", "When the row was published."),
    "run_id": Column("VARCHAR", "The run that published it."),
}
PROVENANCE = schema_of(PROVENANCE_COLUMNS)
PLAN_HISTORY_COLUMNS: dict[str, Column] = {
    **PLAN_COLUMNS,
    "complete_through": Column("TIMESTAMPTZ", "The instant that the proposal is stated as of."),
    **PROVENANCE_COLUMNS,
}


def history_schema(attainment: pa.Schema) -> pa.Schema:
    """The columns of `sla_attainment_history`: those of `sla_attainment`, and when and by which run."""
    return pa.schema([*attainment, *PROVENANCE])


def attainment_changes(history: pa.Table, current: pa.Table, publication: Publication) -> pa.Table:
    """The rows that a publication adds to `sla_attainment_history`.

    `history` are all rows so far in the order in which they were published, with the columns of `history_schema`;
    `current` is the whole of `sla_attainment` as it is now. A row is added exactly where the figures or the status
    differ from the last published ones (`complete_through` alone is no difference), so the same data adds nothing.
    A commitment that was stated and is no longer (its target was taken out) is added without figures and status.
    """
    with _connection(history, publication.complete_through) as connection:
        connection.register("current", current)
        changes = table(connection, QUERIES["published_changes"])
    return _by(publication, changes.select(current.schema.names).cast(current.schema), PROVENANCE.names)


def plan_changes(history: pa.Table, current: pa.Table, publication: Publication) -> pa.Table:
    """The rows that a publication adds to `mql_plan_history`, with the columns of PLAN_HISTORY_COLUMNS.

    `history` are all rows so far in the order in which they were published; `current` is the whole of `mql_plan`.
    """
    schema = schema_of(PLAN_HISTORY_COLUMNS)
    with _connection(history, publication.complete_through) as connection:
        connection.register("current", current)
        changes = table(connection, QUERIES["changed_plans"])
    changes = changes.select(list(PLAN_COLUMNS)).cast(schema_of(PLAN_COLUMNS))
    return _by(publication, changes, schema.names[len(PLAN_COLUMNS) :]).cast(schema)


def restated_figures(history: pa.Table, changes: pa.Table, publication: Publication) -> pa.Table:
    """The final figures among the changes: period, commitment_id, owner, metric, and old and new contract_version,
    comparison, target, actual, met, breached and status.

    `changes` are the rows of `attainment_changes`. A final figure that becomes undecided is one of them.
    """
    with _connection(history, publication.complete_through) as connection:
        connection.register("changes", changes)
        return table(connection, QUERIES["restated"])


def _connection(history: pa.Table, complete_through: datetime) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(
        "create table as_of as select $instant::timestamptz as complete_through",
        {"instant": complete_through},
    )
    connection.register("history", history.append_column("publication_order", _numbered(history.num_rows)))
    return connection


def _by(publication: Publication, rows: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Rows with what a publication says of itself."""
    for name in columns:
        field = schema_of(PLAN_HISTORY_COLUMNS).field(name)
        rows = rows.append_column(field, pa.array([getattr(publication, name)] * rows.num_rows, field.type))
    return rows


def _numbered(rows: int) -> pa.Array:
    return pa.array(range(rows), pa.int64())
