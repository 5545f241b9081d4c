"""The schema `extracts`: one relation for each object of each family, over the deliveries in force.

What belongs here: what a relation is, a view over few Parquet files or a table of the rows of many, and what of a
former build's table stays: the rows of deliveries that are in force as before; only those of new ones are read. What
doesn't: which deliveries are in force, and which columns are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from dagster_project.warehouse.quoting import literal, quoted

SCHEMA = "extracts"
READ = f"{SCHEMA}.deliveries_read"
READ_COLUMNS = ("source", "object", "extract_date", "part", "raw_path")
# To open a file costs as much as to read some thousand rows of it, and several models read the same object.
MANY_FILES = 16


@dataclass(frozen=True)
class Reading:
    """How an object's files are read: the columns that they have between them, with their types, and what is selected
    of them, as SQL. A row that was read in one way is the same whichever files it is read with."""

    columns: Mapping[str, str]
    selected: str

    @property
    def text(self) -> str:
        """Tells one way of reading from another."""
        return f"{self.selected} of {', '.join(f'{name} {kind}' for name, kind in self.columns.items())}"


def relation_of(columns: Mapping[str, str], files: pa.Table) -> str:
    """What the files of deliveries hold, as SQL: at least these columns, though there is no file."""
    paths = sorted(files.column("raw_path").to_pylist())
    empty = ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in columns.items())
    if not paths:
        return f"(select {empty} limit 0)"
    listed = ", ".join(literal(path) for path in paths)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def make_relation(
    connection: duckdb.DuckDBPyConnection, name: str, reading: Reading, files: pa.Table
) -> None:
    """Make the relation of an object from `files`, the deliveries of it that are in force (`READ_COLUMNS`)."""
    table = f"{SCHEMA}.{quoted(name)}"
    connection.register("in_force", files)
    if _is_kept(connection, name, reading):
        _bring_up_to_date(connection, name, reading)
    else:
        connection.execute(f"drop table if exists {table}")
        kind = "table" if files.num_rows >= MANY_FILES else "view"
        connection.execute(
            f"create or replace {kind} {table} as select {reading.selected} from {relation_of(reading.columns, files)}"
        )
    connection.execute(f"delete from {READ} where relation = $name", {"name": name})
    connection.execute(
        f"insert into {READ} select $name, $reading, {', '.join(READ_COLUMNS)} from in_force",
        {"name": name, "reading": reading.text},
    )
    connection.unregister("in_force")


def _is_kept(connection: duckdb.DuckDBPyConnection, name: str, reading: Reading) -> bool:
    """Whether a former build's table is there, read in the same way."""
    connection.execute(
        f"create table if not exists {READ} (relation varchar, reading varchar, source varchar, object varchar, "
        "extract_date date, part varchar, raw_path varchar)"
    )
    is_there = connection.execute(
        "select 1 from duckdb_tables() where database_name = current_database() and schema_name = $schema "
        "and table_name = $name",
        {"schema": SCHEMA, "name": name},
    ).fetchall()
    readings = connection.execute(
        f"select distinct reading from {READ} where relation = $name", {"name": name}
    ).fetchall()
    return bool(is_there) and readings == [(reading.text,)]


def _bring_up_to_date(connection: duckdb.DuckDBPyConnection, name: str, reading: Reading) -> None:
    """Take the rows of deliveries that are no longer in force out of a kept table, and read the new ones' into it."""
    table = f"{SCHEMA}.{quoted(name)}"
    connection.execute(
        f"""
        delete from {table} as kept
        using (
            select source, extract_date, part from {READ} as read
            where relation = $name and raw_path not in (select raw_path from in_force)
        ) as gone
        where
            kept._source = gone.source
            and kept._extract_date = gone.extract_date
            and kept._part is not distinct from gone.part
        """,
        {"name": name},
    )
    new: pa.Table = connection.sql(
        f"from in_force where raw_path not in (select raw_path from {READ} where relation = $name)",
        params={"name": name},
    ).to_arrow_table()
    if new.num_rows:
        connection.execute(
            f"""
            insert into {table}
            select {reading.selected}
            from (
                select * from {relation_of(reading.columns, new.slice(0, 0))}
                union all by name
                select * from {relation_of(reading.columns, new)}
            )
            """
        )
