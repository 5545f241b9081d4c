"""Running one statement over an Arrow table: the only way in which ingestion uses the engine."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa


def run_sql(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    parameters: Mapping[str, object] | None = None,
    incoming: pa.Table | None = None,
) -> pa.Table:
    """The result of a query, which may read `incoming`."""
    if incoming is not None:
        connection.register("incoming", incoming)
    result: pa.Table = connection.sql(query, params=dict(parameters) if parameters else None).to_arrow_table()
    return result


def sql_text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
