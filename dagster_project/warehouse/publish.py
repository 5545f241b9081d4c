"""Publishing: the marts of a finished build, as one new file and as Parquet, each replaced whole.

What belongs here: how the published files are written. What doesn't: whether they may be, which is decided
before. A reader opens the published files at any moment and keeps what it has opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.warehouse.guide import write_guide
from dagster_project.warehouse.quoting import literal, quoted

WAREHOUSE_FILE_NAME = "warehouse.duckdb"
MARTS_FOLDER_NAME = "marts"
DOCUMENTATION_NAME = "docs.html"
TEMPORARY_PREFIX = ".publishing."
READABLE_SINCE = "v1.2.0"
"""The oldest DuckDB that opens what is published: command lines and BI tools lag behind the engine."""


class PublishError(RuntimeError):
    """The publication can't be written; what was published before is untouched."""


@dataclass(frozen=True)
class TableDescription:
    """A table to publish: what one row is, what each column means, and the columns that tell rows apart.

    Rows are published in the order of `key`, so that the same content is the same file; without a key, in
    the order of all columns.
    """

    name: str
    description: str
    columns: Mapping[str, str]
    key: tuple[str, ...] = ()


def publish(
    build: Path,
    published: Path,
    tables: Sequence[TableDescription],
    pages: Mapping[str, bytes] | None = None,
    words: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Replace `published/warehouse.duckdb` and `published/marts/*.parquet` by the marts of a build.

    `build` is the finished build's file, which is only read; `tables` are the tables to publish, `pages` other
    files to put beside them, by name. With `words`, the glossary's terms, the file also gets a README and views with
    business names. Returns each table's rows. Everything is written and synced under temporary names before the first
    file is replaced. Raises PublishError when the build lacks a table, and OSError or duckdb.Error when the disk
    doesn't take it.
    """
    marts = published / MARTS_FOLDER_NAME
    marts.mkdir(parents=True, exist_ok=True)
    with _leftovers_swept(published, marts):
        warehouse = published / f"{TEMPORARY_PREFIX}{WAREHOUSE_FILE_NAME}"
        rows = _write_warehouse(build, warehouse, tables, words)
        _check_warehouse(warehouse, rows)
        parquet = {name: marts / f"{TEMPORARY_PREFIX}{name}.parquet" for name in rows}
        _write_parquet(warehouse, parquet)
        beside = {published / f"{TEMPORARY_PREFIX}{name}": page for name, page in (pages or {}).items()}
        for path, page in beside.items():
            path.write_bytes(page)
        for path in (warehouse, *parquet.values(), *beside):
            _sync(path)
        warehouse.rename(published / WAREHOUSE_FILE_NAME)
        for name, path in parquet.items():
            path.rename(marts / f"{name}.parquet")
        for path in beside:
            path.rename(published / path.name.removeprefix(TEMPORARY_PREFIX))
        for path in marts.glob("*.parquet"):
            if path.stem not in rows and not path.name.startswith("."):
                path.unlink()
        _sync(marts)
        _sync(published)
    return rows


@contextmanager
def _leftovers_swept(*folders: Path) -> Iterator[None]:
    """Nothing under a temporary name stays: neither of a killed publication before, nor of this one."""

    def sweep() -> None:
        for folder in folders:
            for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
                path.unlink()

    sweep()
    try:
        yield
    finally:
        sweep()


def _write_warehouse(
    build: Path, warehouse: Path, tables: Sequence[TableDescription], words: Mapping[str, str] | None
) -> dict[str, int]:
    rows: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(str(build))} as build (read_only)")
        connection.execute(
            f"attach {literal(str(warehouse))} as published (storage_version '{READABLE_SINCE}')"
        )
        connection.execute("create schema published.marts")
        found = _columns(connection, "build")
        missing = [table.name for table in tables if table.name not in found]
        if missing:
            raise PublishError(
                f"The build in {build} lacks {', '.join(missing)}: it is not finished. Run everything again."
            )
        for table in tables:
            rows[table.name] = _copy_table(connection, table, found[table.name])
        if words is not None:
            connection.execute("use published")
            write_guide(
                connection,
                {table.name: table.description for table in tables},
                {table.name: table.columns for table in tables},
                rows,
                words,
            )
            connection.execute("use memory")
        # Closing alone can lose the last tables on a full disk without a word.
        connection.execute("checkpoint published")
        connection.execute("detach published")
    return rows


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        """
        select table_name, column_name from duckdb_columns()
        where database_name = ? and schema_name = 'marts'
        order by table_name, column_index
        """,
        [database],
    ).fetchall():
        columns.setdefault(table, []).append(column)
    return columns


def _copy_table(
    connection: duckdb.DuckDBPyConnection, table: TableDescription, columns: Sequence[str]
) -> int:
    name = f"published.marts.{quoted(table.name)}"
    order = ", ".join(quoted(column) for column in table.key) or "all"
    connection.execute(
        f"create table {name} as select * from build.marts.{quoted(table.name)} order by {order}"
    )
    connection.execute(f"comment on table {name} is {literal(table.description)}")
    for column in columns:
        if description := table.columns.get(column):
            connection.execute(f"comment on column {name}.{quoted(column)} is {literal(description)}")
    return _count(connection, name)


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from {name}").fetchall()
    return int(count)


def _check_warehouse(warehouse: Path, rows: Mapping[str, int]) -> None:
    """Read back what is on the disk."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        ((database,),) = connection.execute("select current_database()").fetchall()
        found = {name: _count(connection, f"marts.{quoted(name)}") for name in _columns(connection, database)}
    if found != dict(rows):
        raise PublishError(
            f"{warehouse} was not written completely. Is the disk full? Make room and run again; "
            "what was published before is untouched."
        )


def _write_parquet(warehouse: Path, parquet: Mapping[str, Path]) -> None:
    with duckdb.connect(warehouse, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, path in parquet.items():
            connection.execute(
                f"copy marts.{quoted(name)} to {literal(str(path))} (format parquet, compression zstd)"
            )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
