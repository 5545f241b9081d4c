"""Generated nasty histories come out of Spark as they come out of DuckDB, in every table from staging on.

`make test-spark` runs twenty; SPARK_HISTORIES says how many, SPARK_SEED which is the first.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagster_project.warehouse.spark.exchange import TABLES, start_statements, take_over
from dagster_project.warehouse.spark.translate import SCHEMA_PREFIX, spark_sql
from dagster_project.warehouse.statements import RAW_SCHEMA, Model
from tests.oracle.generator import write_history
from tests.pipeline import build, compiled_project
from tests.spark.comparing import differences

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HISTORIES = int(os.environ.get("SPARK_HISTORIES", "20"))
FIRST_SEED = int(os.environ.get("SPARK_SEED", "1"))
# Hashes tell what differs from a former build; each engine has its own.
OF_INCREMENTAL_BUILDS = {"int_contract_terms", "int_person_fingerprints"}


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + HISTORIES))
def test_a_generated_history_comes_out_as_on_duckdb(seed: int, tmp_path: Path, spark: SparkSession) -> None:
    history, home, exchange = tmp_path / "history", tmp_path / "home", tmp_path / "exchange"
    write_history(history, seed)
    file = tmp_path / "duckdb.duckdb"
    made = build(history, home, file=file)
    project = compiled_project()
    models = (*project.standard_models, *project.models)
    for statement in start_statements(
        made.connection, made.readings, models, exchange, str(home / "raw"), str(exchange)
    ):
        spark.sql(statement)
    for model in models:
        make(spark, model, exchange)
    by_spark = tmp_path / "spark.duckdb"
    assert take_over(by_spark, exchange, project.models) == []
    made.connection.execute(f"attach '{by_spark}' as spark")
    tables = [
        f"{model.schema}.{model.name}" for model in project.models if model.name not in OF_INCREMENTAL_BUILDS
    ]
    assert len(tables) > 70
    assert differences(made.connection, "warehouse", "spark", tables) == {}


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
