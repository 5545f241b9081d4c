"""What goes to Spark and what comes back, and the dbt project that it runs. What Spark makes of it: tests/spark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.extract_tables import READ, Reading
from dagster_project.warehouse.spark.exchange import ExchangeError, start_statements, take_over
from dagster_project.warehouse.spark.project import write_project
from dagster_project.warehouse.statements import Model
from tests.pipeline import DBT_FOLDER

LEADS = {"standard_leads": Reading({"lead_id": "VARCHAR"}, "lead_id")}


def opened(*raw_paths: str) -> duckdb.DuckDBPyConnection:
    """A build that reads these files as leads, with one table of the contract's."""
    connection = duckdb.connect()
    connection.execute("create schema extracts; create schema raw")
    connection.execute("create table raw.periods as select 1::hugeint as number")
    connection.execute("create table raw.standard_leads as select 'made by Spark itself' as lead_id")
    connection.execute(f"create table {READ} (relation varchar, raw_path varchar)")
    for path in raw_paths:
        connection.execute(f"insert into {READ} values ('standard_leads', ?)", [path])
    return connection


def statements_of(folder: Path, *raw_paths: str) -> list[str]:
    model = Model("standard_leads", "raw", is_view=True, query="")
    return start_statements(opened(*raw_paths), LEADS, [model], folder, "s3a://sla/raw", "s3a://sla/spark")


def test_spark_is_told_of_the_contracts_tables_and_not_of_what_it_makes_itself(tmp_path: Path) -> None:
    statements = statements_of(tmp_path)
    views = [each for each in statements if each.startswith("create or replace view")]
    assert views == [
        "create or replace view sla_raw.periods as select * from parquet.`s3a://sla/spark/inputs/raw.periods.parquet`"
    ]
    written = duckdb.sql(f"select number, typeof(number) from '{tmp_path}/inputs/raw.periods.parquet'")
    assert written is not None
    assert written.fetchall() == [(1, "DECIMAL(38,0)")]


def test_an_object_without_files_is_an_empty_view(tmp_path: Path) -> None:
    last = " ".join(statements_of(tmp_path)[-1].split())
    assert last.startswith("create view sla_extracts.standard_leads as ( SELECT lead_id FROM")
    assert "LIMIT 0" in last


def test_few_files_are_read_where_they_lie_by_their_names(tmp_path: Path) -> None:
    last = statements_of(
        tmp_path, "/home/raw/crm/leads/d=1/-.1.a.parquet", "/home/raw/crm/leads/d=2/-.1.b.parquet"
    )[-1]
    assert last.startswith(
        "create view sla_extracts.standard_leads as with delivered as (select * from "
        "parquet.`s3a://sla/raw/{crm/leads/d=1/-.1.a.parquet,crm/leads/d=2/-.1.b.parquet}`)"
    )


def test_many_files_are_read_once(tmp_path: Path) -> None:
    paths = [f"/home/raw/crm/leads/d={day}/-.1.a.parquet" for day in range(16)]
    last = statements_of(tmp_path, *paths)[-1]
    assert last.startswith(
        "create table sla_extracts.standard_leads using parquet "
        "location 's3a://sla/spark/tables/extracts/standard_leads' as with"
    )


def test_a_file_that_spark_would_pass_over_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ExchangeError, match="begins with '_', as /home/raw/crm/leads/d=1/_full.1.a.parquet does"
    ):
        statements_of(tmp_path, "/home/raw/crm/leads/d=1/_full.1.a.parquet")


def test_what_spark_made_stands_in_the_build_in_the_types_that_are_documented(tmp_path: Path) -> None:
    for schema, name in (("marts", "fct_mqls"), ("staging", "stg_leads")):
        made = tmp_path / "exchange" / "tables" / schema / name
        made.mkdir(parents=True)
        duckdb.execute(f"copy (select 7::bigint as cycle) to '{made}/part-0.parquet' (format parquet)")
    models = [
        Model("fct_mqls", "marts", is_view=False, query="", columns={"cycle": "integer"}),
        Model("stg_leads", "staging", is_view=False, query="", columns={"cycle": "integer"}),
        Model("int_people", "intermediate", is_view=False, query=""),
    ]
    missing = take_over(tmp_path / "build.duckdb", tmp_path / "exchange", models)
    assert missing == ["int_people"]
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        assert connection.execute("select schema_name, table_name from duckdb_tables()").fetchall() == [
            ("marts", "fct_mqls")
        ]
        found = "select cycle, typeof(cycle) from staging.stg_leads"
        assert connection.execute(found).fetchall() == [(7, "INTEGER")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    manifest: dict[str, Any] = json.loads(compiled_manifest(DBT_FOLDER).read_text(encoding="utf-8"))
    write_project(folder, DBT_FOLDER, manifest, ["select '{{ no template }}'"], "/spark")
    return folder


def model(project: Path, place: str) -> str:
    return (project / "models" / place).read_text(encoding="utf-8")


def test_a_model_is_a_table_at_its_place_after_those_that_it_reads(project: Path) -> None:
    config, first, *_ = model(project, "marts/dim_reps.sql").splitlines()
    assert config == (
        '{{ config(materialized="table", contract={"enforced": False}, file_format="parquet", '
        'location_root="/spark/tables/marts") }}'
    )
    assert first == "-- depends_on: {{ ref('stg_users') }}"


@pytest.mark.parametrize(
    ("place", "materialized"),
    [
        ("intermediate/scoring/int_engagement_changes.sql", "table"),  # a view on DuckDB
        ("intermediate/scoring/int_scores.sql", "table"),  # incremental on DuckDB
        ("staging/delivered/standard_leads.sql", "view"),
        ("staging/hubspot/stg_hubspot__owners.sql", "ephemeral"),
    ],
)
def test_every_build_on_spark_is_a_full_one(project: Path, place: str, materialized: str) -> None:
    assert model(project, place).startswith(f'{{{{ config(materialized="{materialized}"')


def test_what_is_ephemeral_is_not_waited_for_but_what_it_reads_is(project: Path) -> None:
    text = model(project, "staging/hubspot/as_standard/hubspot_users.sql")
    assert "ref('stg_hubspot__" not in text


def test_statements_and_queries_are_no_templates(project: Path) -> None:
    settings = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))
    assert settings["on-run-start"] == ["{% raw %}select '{{ no template }}'{% endraw %}"]
    assert settings["name"] == "sla"
    assert (project / "models" / "marts" / "_marts.yml").exists()
