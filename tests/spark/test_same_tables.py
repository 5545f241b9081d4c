"""Nasty histories come out of Spark as they come out of DuckDB, in every table from staging on.

`make test-spark` runs what the scenarios tell of words, numbers and the vendors' exports, and twenty generated
histories; SPARK_HISTORIES says how many, SPARK_SEED which is the first.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from dagster_project.warehouse.spark.exchange import TABLES, start_statements, take_over
from dagster_project.warehouse.spark.translate import SCHEMA_PREFIX, spark_sql
from dagster_project.warehouse.statements import RAW_SCHEMA, Model
from tests.oracle.generator import write_history
from tests.pipeline import build, compiled_project
from tests.scenarios import test_hubspot, test_matching, test_salesforce
from tests.spark.comparing import differences

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HISTORIES = int(os.environ.get("SPARK_HISTORIES", "20"))
FIRST_SEED = int(os.environ.get("SPARK_SEED", "1"))
# Hashes tell what differs from a former build; each engine has its own.
OF_INCREMENTAL_BUILDS = {"int_contract_terms", "int_person_fingerprints"}


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + HISTORIES))
def test_a_generated_history_comes_out_as_on_duckdb(seed: int, tmp_path: Path, spark: SparkSession) -> None:
    write_history(tmp_path / "history", seed)
    assert what_differs(tmp_path / "history", tmp_path, spark) == {}


@pytest.mark.parametrize("told", [test_matching, test_hubspot, test_salesforce])
def test_what_the_scenarios_tell_comes_out_as_on_duckdb(
    told: ModuleType, tmp_path: Path, spark: SparkSession
) -> None:
    told.HISTORY.write(tmp_path / "history")
    assert what_differs(tmp_path / "history", tmp_path, spark) == {}


def what_differs(history: Path, folder: Path, spark: SparkSession) -> dict[str, dict[str, int]]:
    """By table what differs between the two engines' builds of a history, in which there are at least some rows."""
    home, exchange, by_spark = folder / "home", folder / "exchange", folder / "spark.duckdb"
    made = build(history, home, file=folder / "duckdb.duckdb")
    project = compiled_project()
    models = (*project.standard_models, *project.models)
    for statement in start_statements(
        made.connection, made.readings, models, exchange, str(home / "raw"), str(exchange)
    ):
        spark.sql(statement)
    for model in models:
        make(spark, model, exchange)
    assert take_over(by_spark, exchange, project.models) == []
    made.connection.execute(f"attach '{by_spark}' as spark")
    assert made.rows("select count(*) > 0 from spark.marts.fct_mqls") == [(True,)]
    tables = [
        f"{model.schema}.{model.name}" for model in project.models if model.name not in OF_INCREMENTAL_BUILDS
    ]
    return differences(made.connection, "warehouse", "spark", tables)


def make(spark: SparkSession, model: Model, exchange: Path) -> None:
    """What dbt does with a model."""
    name = f"{SCHEMA_PREFIX}{model.schema}.{model.name}"
    spark.sql(f"create schema if not exists {SCHEMA_PREFIX}{model.schema}")
    if model.is_view and model.schema == RAW_SCHEMA:
        spark.sql(f"create or replace view {name} as {spark_sql(model.query)}")
    else:
        place = exchange / TABLES / model.schema / model.name
        spark.sql(f"drop table if exists {name}")
        spark.sql(f"create table {name} using parquet location '{place}' as {spark_sql(model.query)}")
