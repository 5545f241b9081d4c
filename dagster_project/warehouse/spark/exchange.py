"""What goes to Spark and what comes back, as Parquet.

What belongs here: the statements with which Spark finds what a build starts from, and how the build's file finds what
Spark made. What doesn't: the models, and where Spark runs.

    spark/latest/inputs/<schema>.<table>.parquet    the contract's tables, its calendar and the sources' settings
    spark/latest/tables/<schema>/<table>/           what Spark made
    raw/<source>/<object>/…                         the extracts: read where they lie
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.warehouse.extract_tables import MANY_FILES, READ, SCHEMA, Reading, relation_of
from dagster_project.warehouse.quoting import literal, quoted
from dagster_project.warehouse.spark.translate import SCHEMA_PREFIX, function_statements, spark_sql
from dagster_project.warehouse.statements import RAW_SCHEMA, Model

INPUTS, TABLES = "inputs", "tables"
MARTS = "marts"
# A raw file's place below the folder of all: its source, object and date are folders.
PLACE_PARTS = 4
# Spark reads no file whose name begins so, without a word.
UNREAD = ("_", ".")


class ExchangeError(ValueError):
    """Spark can't read what it has to, or what it made isn't there; the message says what to do."""


def start_statements(
    connection: duckdb.DuckDBPyConnection,
    readings: Mapping[str, Reading],
    models: Iterable[Model],
    folder: Path,
    raw_root: str,
    root: str,
) -> list[str]:
    """Write what Spark needs beside the extracts into `folder`, emptied before; returns Spark's statements to find it.

    `connection` is to an opened build, `readings` are those of its objects, `models` all that Spark makes itself.
    `raw_root` and `root` are the folder of raw files and `folder` as Spark sees them: paths, or URLs. Raises
    ExchangeError for a raw file that Spark would pass over.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / INPUTS).mkdir(parents=True)
    (folder / TABLES).mkdir()
    made = {(model.schema, model.name) for model in models}
    statements = []
    for schema in (SCHEMA, RAW_SCHEMA):
        # A view of a former run can't be replaced by a table, nor a table by a view.
        statements.append(f"drop schema if exists {SCHEMA_PREFIX}{schema} cascade")
        statements.append(f"create schema {SCHEMA_PREFIX}{schema}")
    statements += function_statements()
    for name in _tables(connection, RAW_SCHEMA):
        if (RAW_SCHEMA, name) not in made:
            file_name = f"{RAW_SCHEMA}.{name}.parquet"
            columns = ", ".join(_for_parquet(connection, f"{RAW_SCHEMA}.{quoted(name)}"))
            path = literal(str(folder / INPUTS / file_name))
            connection.execute(f"copy (select {columns} from {RAW_SCHEMA}.{quoted(name)}) to {path}")
            statements.append(
                f"create or replace view {SCHEMA_PREFIX}{RAW_SCHEMA}.{name} as "
                f"select * from parquet.`{root}/{INPUTS}/{file_name}`"
            )
    places = _places(connection)
    for name, reading in readings.items():
        statements += _extract(name, reading, places.get(name, []), raw_root, root)
    return statements


def take_over(build: Path, folder: Path, models: Sequence[Model]) -> list[str]:
    """Show in the build's file what Spark has made of `models`: marts as tables, what they were made of as views over
    the Parquet. Every column has the type that the models' documentation says.

    Returns the models of which there is nothing: those that failed, and all where Spark wrote elsewhere.
    """
    missing = []
    with duckdb.connect(build) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for model in models:
            made = folder / TABLES / model.schema / model.name
            if not any(made.glob("*.parquet")):
                missing.append(model.name)
                continue
            columns = ", ".join(
                f"cast({quoted(name)} as {kind}) as {quoted(name)}" if kind else quoted(name)
                for name, kind in model.columns.items()
            )
            connection.execute(f"create schema if not exists {model.schema}")
            connection.execute(
                f"create or replace {'table' if model.schema == MARTS else 'view'} {model.schema}.{model.name} as "
                f"select {columns} from read_parquet({literal(str(made / '*.parquet'))})"
            )
        connection.execute("checkpoint")
    return missing


def _places(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """By relation the places of the raw files in force. Raises ExchangeError for one that Spark would pass over."""
    places: dict[str, list[str]] = {}
    for relation, path in connection.execute(
        f"select relation, raw_path from {READ} order by all"
    ).fetchall():
        if Path(path).name.startswith(UNREAD):
            raise ExchangeError(
                f"Spark reads no file whose name begins with '{Path(path).name[0]}', as {path} does. Deliver its "
                "extract again under a part that begins with a letter or a digit, or set SLA_ENGINE=duckdb."
            )
        places.setdefault(relation, []).append("/".join(Path(path).parts[-PLACE_PARTS:]))
    return places


def _extract(name: str, reading: Reading, places: Sequence[str], raw_root: str, root: str) -> list[str]:
    """The statements that make an object's relation: a view over few files, a table of the rows of many."""
    relation = f"{SCHEMA_PREFIX}{SCHEMA}.{name}"
    if not places:
        no_files = pa.schema([("raw_path", pa.string())]).empty_table()
        nothing = spark_sql(
            f"select {reading.selected} from {relation_of(reading.columns, no_files)} as delivered"
        )
        return [f"create view {relation} as {nothing}"]
    files = places[0] if len(places) == 1 else "{" + ",".join(places) + "}"
    delivered = f"with delivered as (select * from parquet.`{raw_root}/{files}`) "
    query = delivered + spark_sql(f"select {reading.selected} from delivered")
    if len(places) < MANY_FILES:
        return [f"create view {relation} as {query}"]
    return [f"create table {relation} using parquet location '{root}/{TABLES}/{SCHEMA}/{name}' as {query}"]


def _tables(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() "
            "where database_name = current_database() and schema_name = $schema order by table_name",
            {"schema": schema},
        ).fetchall()
    ]


def _for_parquet(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """The columns of a relation, in types that Parquet has."""
    return [
        f"cast({quoted(row[0])} as decimal(38, 0)) as {quoted(row[0])}"
        if row[1] == "HUGEINT"
        else quoted(row[0])
        for row in connection.execute(f"describe {relation}").fetchall()
    ]
