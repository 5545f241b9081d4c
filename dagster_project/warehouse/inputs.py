"""What a build starts from: the schemas `extracts` and `raw` of a new warehouse file.

`extracts` has the deliveries in force, one relation for each object of each family: a view over their Parquet, or their
rows themselves where they lie in many small files. `raw` has the contract's tables and calendar, the sources' settings,
the instant that everything is stated as of, and the deliveries of all families in the standard form, as dbt's models of
that schema tell them. All else reads nothing else, so a build is a function of these inputs. What the tables mean is
decided where they are made; the one rule here is which contract versions are in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.column_names import loose_name
from dagster_project.warehouse.extract_tables import READ_COLUMNS, Reading, make_relation, relation_of
from dagster_project.warehouse.quoting import literal, quoted
from dagster_project.warehouse.statements import Model, make_empty, run_models


class BuildInputsError(ValueError):
    """The inputs make no build possible; the message says what to do."""


@dataclass(frozen=True)
class BuildInputs:
    """Everything a build depends on.

    `raw_files` has one row per delivery in force: source, object, extract_date, part, raw_path. `object_columns` gives
    the columns of each object of each family, `<family>_<object>` (name to DuckDB type), so that an object without any
    delivery is an empty table of the right shape. `contact_attributes` are those of them that hold marketing's
    contacts, each with the names by which a contract may ask about columns that go by another one there.
    `standard_models` are dbt's models of the schema `raw`, in their order. `tables` are the contract's, the calendar's
    and the sources' settings by name.
    """

    complete_through: datetime
    as_of_date: date | None
    timezone: str
    email_key: bytes
    raw_files: pa.Table
    object_columns: Mapping[str, Mapping[str, str]]
    contact_attributes: Mapping[str, Mapping[str, str]]
    standard_models: Sequence[Model]
    tables: Mapping[str, pa.Table]


PROVENANCE_COLUMNS = {
    "_source": "VARCHAR",
    "_extract_date": "DATE",
    "_part": "VARCHAR",
    "_file": "VARCHAR",
    "_line": "BIGINT",
}
VENDOR_FAMILIES = frozenset({"hubspot", "salesforce"})
HASH_BLOCK_BYTES = 64
# The rest is Python's, of the run and of dbt. dbt's profile has the same share.
MEMORY_SHARE = "60%"


def connect_build(path: Path | None) -> duckdb.DuckDBPyConnection:
    """A connection whose database is named `warehouse`, in a file or in memory, with UTC as its time zone.

    What doesn't fit into MEMORY_SHARE of the machine's memory, or of its container's, is spilled beside the file. Rows
    are kept in no order of their own, as in dbt's profile: who needs one asks for it.
    """
    connection = duckdb.connect()
    connection.execute(f"attach {literal(str(path) if path else ':memory:')} as warehouse")
    connection.execute("use warehouse")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"set memory_limit = {literal(MEMORY_SHARE)}")
    connection.execute("set preserve_insertion_order = false")
    if path is not None:
        connection.execute(f"set temp_directory = {literal(f'{path}.tmp')}")
    return connection


def stated_as_of(build: Path) -> datetime:
    """The instant (naive UTC) that a build is stated as of."""
    with duckdb.connect(build, read_only=True) as connection:
        ((instant,),) = connection.execute("select complete_through from raw.as_of").fetchall()
    assert isinstance(instant, datetime)
    return instant


def open_raw(connection: duckdb.DuckDBPyConnection, inputs: BuildInputs) -> dict[str, Reading]:
    """Make the schemas `extracts` and `raw` in the connection's database; returns how each object's files are read.

    Raises BuildInputsError when no contract version is in force, or a contract names an attribute that no contacts
    extract has.
    """
    connection.execute("create schema if not exists extracts")
    connection.execute("create schema if not exists raw")
    for name, table in inputs.tables.items():
        _create_table(connection, name, table)
    _create_as_of(connection, inputs)
    # A build from nothing knows of nobody before it.
    connection.execute(
        "create table if not exists raw.former_fingerprints (person_id varchar, fingerprint hugeint)"
    )
    _keep_versions_in_force(connection)
    _count_rows(connection, inputs.raw_files)
    files = _files(inputs)
    columns = {name: {**known, **PROVENANCE_COLUMNS} for name, known in inputs.object_columns.items()}
    for name in inputs.contact_attributes:
        columns[name] = _columns_of(connection, relation_of(columns[name], files[name]))
    attributes = _attributes(
        connection, {name: (columns[name], names) for name, names in inputs.contact_attributes.items()}
    )
    readings = {}
    for name, known in inputs.object_columns.items():
        selected = [quoted(column) for column in (*known, *PROVENANCE_COLUMNS)]
        if name in attributes:
            selected.append(f"{attributes[name]} as attributes")
        readings[name] = Reading(columns[name], ", ".join(selected))
        make_relation(connection, name, readings[name], files[name])
    _make_standard(connection, inputs)
    return readings


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


def _make_standard(connection: duckdb.DuckDBPyConnection, inputs: BuildInputs) -> None:
    """The deliveries in the standard form: what comes of families that no source is of is empty, unasked."""
    families = {row["family"] for row in inputs.tables["sources"].to_pylist()}
    for model in inputs.standard_models:
        if VENDOR_FAMILIES.isdisjoint(model.folders) or not families.isdisjoint(model.folders):
            run_models(connection, [model])
        else:
            make_empty(connection, model)


def _count_rows(connection: duckdb.DuckDBPyConnection, raw_files: pa.Table) -> None:
    """Write into `raw.extract_ledger` how many rows each file that is read holds by its own account, to be held against
    the ledger's."""
    connection.execute("alter table raw.extract_ledger add column rows_in_file bigint")
    paths = raw_files.column("raw_path").to_pylist()
    if paths:
        connection.execute(
            """
            update raw.extract_ledger
            set rows_in_file = footers.num_rows
            from (select file_name, num_rows from parquet_file_metadata($paths)) as footers
            where extract_ledger.raw_path = footers.file_name
            """,
            {"paths": paths},
        )


def _files(inputs: BuildInputs) -> dict[str, pa.Table]:
    """The deliveries of each object of each family."""
    families = {row["source"]: row["family"] for row in inputs.tables["sources"].to_pylist()}
    rows: dict[str, list[int]] = {name: [] for name in inputs.object_columns}
    for number, row in enumerate(inputs.raw_files.select(["source", "object"]).to_pylist()):
        rows[f"{families[row['source']]}_{row['object']}"].append(number)
    of_all = inputs.raw_files.select(READ_COLUMNS)
    return {name: of_all.take(pa.array(numbers, pa.int64())) for name, numbers in rows.items()}


def _columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """The columns of a relation with their types."""
    return {row[0]: row[1] for row in connection.execute(f"describe select * from {relation}").fetchall()}


def _attributes(
    connection: duckdb.DuckDBPyConnection,
    contacts: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]],
) -> dict[str, str]:
    """For each relation of contacts the attributes that a contract in force asks about, as a list of (name, value).

    `contacts` gives each relation's columns, and other names of these. What one relation doesn't have is null there.
    """
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
    columns = {name: _columns_by_name(*there) for name, there in contacts.items()}
    known = {loose for found in columns.values() for loose in found}
    unknown = [attribute for attribute in asked if loose_name(attribute) not in known]
    if unknown:
        shown = sorted({column for found in columns.values() for column in found.values()})
        raise BuildInputsError(
            f"The contract asks about {', '.join(unknown)}, but no contacts extract has such a column "
            f"(it has {', '.join(shown)}). Correct the attribute's name in the contract, "
            "or deliver the column."
        )
    return {name: _attribute_list(asked, found) for name, found in columns.items()}


def _columns_by_name(columns: Mapping[str, str], other_names: Mapping[str, str]) -> dict[str, str]:
    found = {loose_name(column): column for column in columns if column not in PROVENANCE_COLUMNS}
    return {loose_name(name): column for name, column in other_names.items()} | found


def _attribute_list(asked: Sequence[str], found: Mapping[str, str]) -> str:
    pairs = ", ".join(
        f"struct_pack(name := {literal(attribute)}, value := {_as_text(found.get(loose_name(attribute)))})"
        for attribute in asked
    )
    return f"[{pairs}]" if pairs else "cast([] as struct(name varchar, value varchar)[])"


def _as_text(column: str | None) -> str:
    return f"cast({'null' if column is None else quoted(column)} as varchar)"
