"""MetricFlow over a build's connection, without the start-up of its command line: a query becomes SQL, and is run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlClient, SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from dagster_project.warehouse.compiling import compiled_manifest
from tests.pipeline import DBT_FOLDER, Result

MONTH = "metric_time__month"


class _Renderer:
    """What MetricFlow asks of a warehouse when it only writes SQL for it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


@cache
def engine() -> MetricFlowEngine:
    """The project's semantic layer."""
    manifest = compiled_manifest(DBT_FOLDER).parent / "semantic_manifest.json"
    parsed = parse_manifest_from_dbt_generated_manifest(manifest.read_text(encoding="utf-8"))
    return MetricFlowEngine(
        semantic_manifest_lookup=SemanticManifestLookup(parsed), sql_client=cast(SqlClient, _Renderer())
    )


@cache
def _sql(metrics: tuple[str, ...], by: tuple[str, ...], saved: str | None) -> str:
    request = MetricFlowQueryRequest.create(
        saved_query_name=saved, metric_names=metrics or None, group_by_names=by or None
    )
    return engine().explain(request).sql_statement.sql


def ask(result: Result, metrics: Sequence[str], by: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a query, each a mapping of its columns; decimals exact."""
    return _rows(result, _sql(tuple(metrics), tuple(by), None))


def ask_saved(result: Result, name: str) -> list[dict[str, Any]]:
    """The rows of a saved query."""
    return _rows(result, _sql((), (), name))


def _rows(result: Result, sql: str) -> list[dict[str, Any]]:
    cursor = result.connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
