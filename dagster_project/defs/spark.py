"""The models on Spark: what a run does between the raw tables and the checks of the marts.

What belongs here: running dbt over the translated project, and telling Dagster of it. What doesn't: the translation and
the exchange of tables (`warehouse/spark`).
"""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator

from dagster_project.defs.resources import DBT_BUILD, Dbt
from dagster_project.owner_only import make_private
from dagster_project.settings import Settings
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.extract_tables import Reading
from dagster_project.warehouse.failures import expect_not_killed, failed_nodes
from dagster_project.warehouse.spark.exchange import TABLES, ExchangeError, start_statements, take_over
from dagster_project.warehouse.spark.project import write_project
from dagster_project.warehouse.statements import RAW_SCHEMA, load_compiled_project

PROJECT, STATEMENTS, TARGET = "dbt", "statements.json", "target"


def spark_target(settings: Settings) -> Path:
    """The target folder of dbt's runs on Spark."""
    return settings.exchange / PROJECT / TARGET


def prepare_spark(
    connection: duckdb.DuckDBPyConnection, settings: Settings, readings: Mapping[str, Reading]
) -> None:
    """Write beside an opened build what Spark begins with. Raises TranslationError and ExchangeError."""
    make_private(settings.exchange.parent)
    models = load_compiled_project(compiled_manifest(settings.dbt))
    statements = start_statements(
        connection,
        readings,
        (*models.standard_models, *models.models),
        settings.exchange,
        settings.raw_root,
        settings.exchange_root,
    )
    (settings.exchange / STATEMENTS).write_text(json.dumps(statements, indent=1), encoding="utf-8")


def made_by_spark(
    context: dg.AssetExecutionContext,
    settings: Settings,
    manifest: Mapping[str, Any],
    translator: DagsterDbtTranslator,
) -> Iterator[Any]:
    """Make and test all models on Spark, and show them in the build's file; yields what dbt's assets and checks yield.

    Raises dagster.Failure when only a part is asked for and when a model or a test of it failed, MemoryError when dbt
    was killed, and ExchangeError when what Spark made isn't where it was told to write.
    """
    if context.is_subset:
        raise dg.Failure(
            description="On Spark all models are made in one go: run everything, from the extracts on.",
            allow_retries=False,
        )
    project = settings.exchange / PROJECT
    target = spark_target(settings)
    statements = json.loads((settings.exchange / STATEMENTS).read_text(encoding="utf-8"))
    write_project(project, settings.dbt, manifest, statements, settings.exchange_root)
    dbt = Dbt(
        project_dir=str(project),
        profiles_dir=str(settings.dbt),
        target=settings.spark_target,
        dbt_executable=str(Path(sys.executable).parent / "dbt"),
    )
    # What an attempt before this one made of the same inputs; Spark makes no table where files lie.
    shutil.rmtree(settings.exchange / TABLES, ignore_errors=True)
    invocation = dbt.cli(
        [*DBT_BUILD],
        manifest=manifest,
        dagster_dbt_translator=translator,
        target_path=target,
        raise_on_error=False,
    )
    try:
        for event in invocation.stream_raw_events():
            # the tables of `raw` have their own step, before the checks of what came in
            if _schema_of(event.raw_event, manifest) != RAW_SCHEMA:
                yield from event.to_default_asset_events(manifest, translator, context, target)
    finally:
        if invocation.process.poll() is None:  # the run was stopped
            invocation.process.terminate()
            invocation.process.wait()
    models = load_compiled_project(compiled_manifest(settings.dbt)).models
    missing = take_over(settings.build_warehouse, settings.exchange, models)
    if not invocation.is_successful():
        expect_not_killed(invocation.process.returncode)
        failures = failed_nodes(target, settings.build_warehouse, manifest)
        raise dg.Failure(description=failures or str(invocation.get_error()), allow_retries=False)
    if missing:
        raise ExchangeError(
            f"Spark says that it made {len(missing)} tables that aren't in {settings.exchange / TABLES}, "
            f"{missing[0]} among them. It was told to write into {settings.exchange_root}: set SLA_EXCHANGE to what "
            f"Spark calls {settings.exchange.parent}."
        )


def _schema_of(event: Mapping[str, Any], manifest: Mapping[str, Any]) -> str | None:
    """The schema of the model that an event is about, or whose test it is."""
    node = manifest["nodes"].get((event["data"].get("node_info") or {}).get("unique_id"))
    if node is None:
        return None
    schema: str = manifest["nodes"].get(node.get("attached_node"), node)["schema"]
    return schema
