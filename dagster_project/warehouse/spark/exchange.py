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
from dagster_project.warehouse.spark.translate import SCHEMA_PREFIX, accents_function, spark_sql
from dagster_project.warehouse.statements import RAW_SCHEMA, Model

INPUTS, TABLES = "inputs", "tables"
MARTS = "marts"
DELIVERED = f"{SCHEMA}.deliveries_by_file"
# A delivery's file within the folder of all raw files: its source, object and date are folders.
PLACE_PARTS = 4
NO_FILES = pa.table({"raw_path": pa.array([], pa.string())})
NO_FILES = pa.table({"raw_path": pa.array([], pa.string())})


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
    `raw_root` and `root` are the folder of raw files and `folder` as Spark sees them: paths, or URLs.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / INPUTS).mkdir(parents=True)
    (folder / TABLES).mkdir()
    made = {(model.schema, model.name) for model in models}
    connection.execute(
        f"""
        create or replace temp view deliveries_by_file as
        select
            relation,
            array_to_string(list_slice(string_split(raw_path, '/'), -{PLACE_PARTS}, -1), '/') as place
        from {READ}
        """
    )
    statements = [f"create schema if not exists {SCHEMA_PREFIX}{schema}" for schema in (SCHEMA, RAW_SCHEMA)]
    statements.append(accents_function())
    tables = [(RAW_SCHEMA, name, f"{RAW_SCHEMA}.{quoted(name)}") for name in _tables(connection, RAW_SCHEMA)]
    for schema, name, relation in [*tables, (SCHEMA, "deliveries_by_file", "temp.deliveries_by_file")]:
        if (schema, name) not in made:
            file_name = f"{schema}.{name}.parquet"
            columns = ", ".join(_for_parquet(connection, relation))
            connection.execute(
                f"copy (select {columns} from {relation}) to {literal(str(folder / INPUTS / file_name))}"
            )
            statements.append(
                f"create or replace view {SCHEMA_PREFIX}{schema}.{name} as "
                f"select * from parquet.`{root}/{INPUTS}/{file_name}`"
            )
    files = dict(connection.execute(f"select relation, count(*) from {READ} group by relation").fetchall())
    sources: dict[str, list[str]] = {name: [] for name in readings}
    for name, source, object_name in connection.execute(
        f"select distinct relation, source, object from {READ} order by all"
    ).fetchall():
        sources[name].append(f"{source}/{object_name}")
    for name, reading in readings.items():
        statements += _extract(name, reading, sources[name], files.get(name, 0), raw_root, root)
    return statements


def take_over(build: Path, folder: Path, models: Sequence[Model]) -> None:
    """Show in the build's file what Spark has made of `models`: marts as tables, what they were made of as views over
    the Parquet. Every column has the type that the models' documentation says."""
    with duckdb.connect(build) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for model in models:
            made = folder / TABLES / model.schema / model.name
            if any(made.glob("*.parquet")):
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


def _extract(
    name: str, reading: Reading, sources: Sequence[str], file_count: int, raw_root: str, root: str
) -> list[str]:
    """The statements that make an object's relation: a view over few files, a table of the rows of many."""
    relation = f"{SCHEMA_PREFIX}{SCHEMA}.{name}"
    if not sources:
        nothing = spark_sql(
            f"select {reading.selected} from {relation_of(reading.columns, NO_FILES)} as delivered"
        )
        return [f"create or replace view {relation} as {nothing}"]
    folders = sources[0] if len(sources) == 1 else "{" + ",".join(sources) + "}"
    delivered = (
        f"with delivered as (select * from parquet.`{raw_root}/{folders}/*/*.parquet` "
        f"where substring_index(url_decode(_metadata.file_path), '/', -{PLACE_PARTS}) in "
        f"(select place from {SCHEMA_PREFIX}{DELIVERED} where relation = '{name}')) "
    )
    query = delivered + spark_sql(f"select {reading.selected} from delivered")
    if file_count < MANY_FILES:
        return [f"create or replace view {relation} as {query}"]
    return [
        f"drop table if exists {relation}",
        f"create table {relation} using parquet location '{root}/{TABLES}/{SCHEMA}/{name}' as {query}",
    ]


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
