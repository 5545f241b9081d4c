"""The room's SQL: one file a question, read by name.

Everything that grows with the data is asked of the warehouse; what comes back is small. Each file says in its first
comment what one row of its answer is. The connection that runs a query belongs to the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

SQL_FOLDER = Path(__file__).parent / "sql"


def read_queries(topic: str) -> dict[str, str]:
    """The queries of a topic (a folder of `sql/`) by name, in order of their names."""
    return {
        path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL_FOLDER / topic).glob("*.sql"))
    }


def answers(connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Each query's rows by its name; decimals stay exact."""
    return {name: frame(connection, query) for name, query in queries.items()}


def frame(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """One query's rows; by way of Arrow, so that decimals stay exact."""
    result: pd.DataFrame = table(connection, query, parameters).to_pandas()
    return result


def table(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object] | None = None
) -> pa.Table:
    """One query's rows as an Arrow table."""
    connection.complete()  # DuckDB refuses a relation while the statement before it is unfinished
    return connection.sql(query, params=parameters).to_arrow_table()
