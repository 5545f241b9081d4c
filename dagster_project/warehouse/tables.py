"""Whole tables of a file: written at once, or only read.

What belongs here: how a small table that was made outside of dbt comes into the build. What doesn't: what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.warehouse.quoting import quoted


def replace_tables(build: Path, tables: Mapping[str, pa.Table]) -> None:
    """Replace tables of the schema `marts`, all or none, keeping the order of their rows."""
    with duckdb.connect(build) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.begin()
        connection.execute("create schema if not exists marts")
        for name, table in tables.items():
            connection.register("incoming", table)
            connection.execute(f"create or replace table marts.{quoted(name)} as from incoming")
            connection.unregister("incoming")
        connection.commit()
        connection.execute("checkpoint")


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that only reads a file, with UTC as its time zone."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
