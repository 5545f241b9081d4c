"""How Great Expectations reaches DuckDB: by SQLAlchemy, with results that outlive their connection.

Great Expectations closes a connection before it fetches, and DuckDB then drops what wasn't fetched; so rows are taken
as soon as a statement has run. Statements of checks give a row per check, so that there is never much to take.
"""

from __future__ import annotations

import atexit
from functools import cache
from typing import Any

import duckdb_sqlalchemy
from duckdb_sqlalchemy import Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

DRIVER = "duckdb.buffered"


class BufferedExecutionContext(Dialect.execution_ctx_cls):  # type: ignore[misc, valid-type]
    """Takes a statement's rows once it has run."""

    def post_exec(self) -> None:
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, initial_buffer=self.cursor.fetchall()
            )


class BufferedDialect(Dialect):
    """DuckDB's dialect with buffered rows; its URLs begin with `duckdb+buffered://`."""

    execution_ctx_cls = BufferedExecutionContext
    supports_statement_cache = True

    def connect(self, *arguments: Any, **parameters: Any) -> Any:
        connection = super().connect(*arguments, **parameters)
        connection.execute("load parquet")
        connection.execute("set parquet_metadata_cache = true")
        return connection


@cache
def register() -> str:
    """Make the dialect known to SQLAlchemy; the start of its URLs."""
    registry.register(DRIVER, __name__, BufferedDialect.__name__)
    # At the process's end Great Expectations keeps the driver's classes alive, and DuckDB then prints fifty lines about
    # its own that they refer to, below whatever the run had to say last.
    atexit.register(vars(duckdb_sqlalchemy).clear)
    return f"{DRIVER.replace('.', '+')}://"
