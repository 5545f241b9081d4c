"""The bare runner: dbt's compiled models and tests, run statement by statement on one DuckDB connection.

It has neither dbt's nor Dagster's start-up, so property tests, simulations and the benchmark's yardstick use it. It
knows models only by dbt's manifest (as `dbt compile` writes it, with the compiled code in it).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

RAW_SCHEMA = "raw"
AFFECTED_PEOPLE = "intermediate.int_affected_people"


@dataclass(frozen=True)
class Model:
    """One dbt model: where it stands, the folders that it lies in, its columns with their types as they are documented,
    and the query that makes it. One that is made by person keeps the rows of people who are not affected."""

    name: str
    schema: str
    is_view: bool
    query: str
    is_by_person: bool = False
    folders: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DataTest:
    """One dbt data test: a query whose every row is a failure."""

    name: str
    description: str
    query: str


@dataclass(frozen=True)
class CompiledProject:
    """All models in an order in which each comes after what it reads, and all data tests.

    `standard_models` are those with which a build begins, before `models`: the deliveries of all families in the
    standard form.
    """

    models: tuple[Model, ...]
    data_tests: tuple[DataTest, ...]
    standard_models: tuple[Model, ...] = ()

    @property
    def models_by_person(self) -> tuple[Model, ...]:
        """Those whose rows stay from build to build, but for the affected people's."""
        return tuple(model for model in self.models if model.is_by_person)


def load_compiled_project(manifest_path: Path) -> CompiledProject:
    """Read a manifest that `dbt compile` wrote. Raises ValueError when it holds no compiled code."""
    return compiled_project_of(json.loads(manifest_path.read_text(encoding="utf-8")))


def compiled_project_of(manifest: Mapping[str, Any]) -> CompiledProject:
    """The models and data tests of a compiled manifest. Raises ValueError when it holds no compiled code."""
    nodes: Mapping[str, Any] = manifest["nodes"]
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    if any(not node.get("compiled_code") for node in models.values()):
        raise ValueError("the manifest's models are not compiled; run `dbt compile` first")
    order = TopologicalSorter(
        {
            key: [parent for parent in node["depends_on"]["nodes"] if parent in models]
            for key, node in models.items()
        }
    )
    made = [
        Model(
            name=models[key]["name"],
            schema=models[key]["schema"],
            is_view=models[key]["config"]["materialized"] == "view",
            query=models[key]["compiled_code"],
            is_by_person=models[key]["config"]["materialized"] == "incremental",
            folders=tuple(models[key]["fqn"][1:-1]),
            columns={column["name"]: column["data_type"] for column in models[key]["columns"].values()},
        )
        for key in order.static_order()
        if models[key]["config"]["materialized"] != "ephemeral"  # these are a part of those that read them
    ]
    return CompiledProject(
        models=tuple(model for model in made if model.schema != RAW_SCHEMA),
        standard_models=tuple(model for model in made if model.schema == RAW_SCHEMA),
        data_tests=tuple(
            DataTest(
                name=node["name"], description=node.get("description") or "", query=node["compiled_code"]
            )
            for node in nodes.values()
            if node["resource_type"] == "test" and node.get("compiled_code")
        ),
    )


def make_empty(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Make a model without rows, in the shape that its documentation gives."""
    columns = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in model.columns.items())
    connection.execute(f"create or replace table {model.schema}.{model.name} as select {columns} limit 0")


def run_models(connection: duckdb.DuckDBPyConnection, models: Iterable[Model]) -> None:
    """Make every model in the connection's database, over the schema `raw` that is already there."""
    for model in models:
        connection.execute(f"create schema if not exists {model.schema}")
        if model.is_by_person and _exists(connection, model):
            _replace_affected_people(connection, model)
        else:
            kind = "view" if model.is_view else "table"
            connection.execute(f"create or replace {kind} {model.schema}.{model.name} as {model.query}")


def _exists(connection: duckdb.DuckDBPyConnection, model: Model) -> bool:
    return bool(
        connection.execute(
            """
            select 1 from duckdb_tables()
            where database_name = current_database() and schema_name = $schema and table_name = $name
            """,
            {"schema": model.schema, "name": model.name},
        ).fetchall()
    )


def _replace_affected_people(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """What dbt's incremental strategy `by_person` does."""
    connection.begin()
    connection.execute(
        f"delete from {model.schema}.{model.name} where person_id in (select person_id from {AFFECTED_PEOPLE})"
    )
    connection.execute(f"insert into {model.schema}.{model.name} by name {model.query}")
    connection.commit()


def failed_tests(connection: duckdb.DuckDBPyConnection, data_tests: Iterable[DataTest]) -> dict[str, int]:
    """The data tests that find failures, each with their number."""
    counts: dict[str, int] = {}
    for test in data_tests:
        # fetchall, since a result that isn't read to its end keeps the connection from other work
        ((found,),) = connection.execute(f"select count(*) from ({test.query}) as failures").fetchall()
        if found:
            counts[test.name] = found
    return counts
