"""What a build starts from: the schema `raw` of a new warehouse file.

Views over the Parquet of the deliveries in force, the contract's tables and calendar, the sources' settings and the
instant that everything is stated as of. Models read nothing else, so a build is a function of these inputs. What the
tables mean is decided where they are made; the one rule here is which contract versions are in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.column_names import loose_name


class BuildInputsError(ValueError):
    """The inputs make no build possible; the message says what to do."""


@dataclass(frozen=True)
class BuildInputs:
    """Everything a build depends on.

    `raw_files` has one row per delivery in force: source, object, raw_path. `object_columns` gives the columns of each
    object (name to DuckDB type), so that an object without any delivery is an empty table of the right shape.
    `tables` are the contract's, the calendar's and the sources' settings by name.
    """

    complete_through: datetime
    as_of_date: date | None
    timezone: str
    email_key: bytes
    raw_files: pa.Table
    object_columns: Mapping[str, Mapping[str, str]]
    tables: Mapping[str, pa.Table]


PROVENANCE_COLUMNS = {
    "_source": "VARCHAR",
    "_extract_date": "DATE",
    "_part": "VARCHAR",
    "_file": "VARCHAR",
    "_line": "BIGINT",
}
HASH_BLOCK_BYTES = 64


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def connect_build(path: Path | None, memory_limit: str | None = None) -> duckdb.DuckDBPyConnection:
    """A connection whose database is named `warehouse`, in a file or in memory, with UTC as its time zone."""
    connection = duckdb.connect()
    connection.execute(f"attach {literal(str(path) if path else ':memory:')} as warehouse")
    connection.execute("use warehouse")
    connection.execute("set TimeZone = 'UTC'")
    if memory_limit:
        connection.execute(f"set memory_limit = {literal(memory_limit)}")
    return connection


def stated_as_of(build: Path) -> datetime:
    """The instant (naive UTC) that a build is stated as of."""
    with duckdb.connect(build, read_only=True) as connection:
        ((instant,),) = connection.execute("select complete_through from raw.as_of").fetchall()
    assert isinstance(instant, datetime)
    return instant


def open_raw(connection: duckdb.DuckDBPyConnection, inputs: BuildInputs) -> None:
    """Make the schema `raw` in the connection's database.

    Raises BuildInputsError when no contract version is in force, or a contract names an attribute that no contacts
    extract has.
    """
    connection.execute("create schema if not exists raw")
    for name, table in inputs.tables.items():
        _create_table(connection, name, table)
    _create_as_of(connection, inputs)
    _keep_versions_in_force(connection)
    files = _files_by_object(inputs.raw_files)
    for object_name, columns in inputs.object_columns.items():
        _create_object_view(connection, object_name, columns, files.get(object_name, []))


def _create_table(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    connection.register("incoming", table)
    connection.execute(f"create or replace table raw.{quoted(name)} as select * from incoming")
    connection.unregister("incoming")


def _create_as_of(connection: duckdb.DuckDBPyConnection, inputs: BuildInputs) -> None:
    # An HMAC's two keys: the models can then hash an e-mail without a function of their own.
    key = inputs.email_key.ljust(HASH_BLOCK_BYTES, b"\0")
    connection.execute(
        """
        create or replace table raw.as_of as
        select
            $complete_through::timestamp as complete_through,
            $as_of_date::date as as_of_date,
            $timezone::varchar as timezone,
            $inner_key::blob as inner_key,
            $outer_key::blob as outer_key
        """,
        {
            "complete_through": inputs.complete_through,
            "as_of_date": inputs.as_of_date,
            "timezone": inputs.timezone,
            "inner_key": bytes(byte ^ 0x36 for byte in key),
            "outer_key": bytes(byte ^ 0x5C for byte in key),
        },
    )


def _keep_versions_in_force(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave in `raw.contract_versions` the versions that were signed by the local date of the last instant before W,
    each with the time it is in force."""
    connection.execute(
        """
        create or replace table raw.contract_versions as
        with last_day as (
            select max(local_days.local_date) as local_date
            from raw.local_days, raw.as_of
            where local_days.starts_at < as_of.complete_through
        )
        select
            contract_versions.*,
            effective_at as valid_from,
            lead(effective_at) over (order by effective_at) as valid_to,
            row_number() over (order by effective_at) = 1 as is_first
        from raw.contract_versions, last_day
        where is_signed and signed_on <= last_day.local_date
        """
    )
    if not connection.execute("select version from raw.contract_versions").fetchall():
        raise BuildInputsError(
            "No contract version is signed by both departments at the date that everything is stated as of. "
            "Have both departments sign a version (signed_by, with signed_on not after that date), "
            "or choose a later date."
        )


def _files_by_object(raw_files: pa.Table) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    for row in raw_files.select(["object", "raw_path"]).to_pylist():
        files.setdefault(row["object"], []).append(row["raw_path"])
    return files


def _create_object_view(
    connection: duckdb.DuckDBPyConnection, object_name: str, columns: Mapping[str, str], files: Sequence[str]
) -> None:
    all_columns = {**columns, **PROVENANCE_COLUMNS}
    typed = ", ".join(f"{quoted(name)}" for name in all_columns)
    if files:
        listed = ", ".join(literal(path) for path in sorted(files))
        relation = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
    else:
        empty = ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in all_columns.items())
        relation = f"(select {empty} limit 0)"
    extra = f", {_attributes(connection, relation)} as attributes" if object_name == "contacts" else ""
    connection.execute(
        f"create or replace view raw.{quoted('standard_' + object_name)} as select {typed}{extra} from {relation}"
    )


def _attributes(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """The contacts' attributes that a contract in force asks about, as a list of (name, value)."""
    asked = [
        row[0]
        for row in connection.execute(
            """
            select distinct attribute from raw.contract_criteria
            where version in (select version from raw.contract_versions)
            order by attribute
            """
        ).fetchall()
    ]
    described = connection.execute(f"describe select * from {relation}").fetchall()
    found = {loose_name(row[0]): row[0] for row in described if row[0] not in PROVENANCE_COLUMNS}
    unknown = [attribute for attribute in asked if loose_name(attribute) not in found]
    if unknown:
        raise BuildInputsError(
            f"The contract asks about {', '.join(unknown)}, but no contacts extract has such a column "
            f"(it has {', '.join(sorted(found.values()))}). Correct the attribute's name in the contract, "
            "or deliver the column."
        )
    pairs = ", ".join(
        f"struct_pack(name := {literal(attribute)}, value := cast({quoted(found[loose_name(attribute)])} as varchar))"
        for attribute in asked
    )
    return f"[{pairs}]" if pairs else "cast([] as struct(name varchar, value varchar)[])"
