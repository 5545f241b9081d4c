"""Publishing: the last step, when everything before it has passed."""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

from collections.abc import Mapping
from typing import Any

import dagster as dg

from dagster_project.attainment.columns import ATTAINMENT_COLUMNS, ATTAINMENT_DESCRIPTION
from dagster_project.defs.attainment import KEY as ATTAINMENT_KEY
from dagster_project.defs.attainment import refuse_missing_months
from dagster_project.defs.building import definitions_document
from dagster_project.defs.checks import PAGE_FILE_NAME, page_of, refuse_unchecked, require_build
from dagster_project.defs.decisions import decisions_key, decisions_tables
from dagster_project.defs.findings import findings_tables
from dagster_project.defs.publications import kept_publication
from dagster_project.defs.resources import BuildHold
from dagster_project.defs.telling import DATA, column_metadata, plain_failures, say
from dagster_project.defs.transform import CHECKED_FILE_NAME
from dagster_project.formats import number_what_is_new
from dagster_project.settings import Settings
from dagster_project.warehouse.former import note_finished
from dagster_project.warehouse.manifest import glossary_words, table_descriptions
from dagster_project.warehouse.publish import DOCUMENTATION_NAME, TableDescription, publish
from data_checks import check_markdown, read_results

GROUP = "published"
KEY = dg.AssetKey("published")
SCHEMA = "marts"


def published_tables(manifest: Mapping[str, Any]) -> list[TableDescription]:
    """Every table of the schema `marts`: dbt's, `sla_attainment`, the decisions and the findings."""
    attainment = TableDescription(
        name="sla_attainment",
        description=ATTAINMENT_DESCRIPTION,
        columns={name: column.description for name, column in ATTAINMENT_COLUMNS.items()},
        key=("period", "commitment_id"),
    )
    return [*table_descriptions(manifest, SCHEMA), attainment, *decisions_tables(), *findings_tables()]


def published_asset(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The published files, replaced whole."""
    tables = published_tables(manifest)
    words = glossary_words(manifest)
    models = [table.name for table in table_descriptions(manifest, SCHEMA)]

    @dg.asset(
        key=KEY,
        deps=[
            dg.AssetDep(ATTAINMENT_KEY, partition_mapping=dg.AllPartitionMapping()),
            *(dg.AssetKey([SCHEMA, name]) for name in models),
            *(decisions_key(table.name) for table in decisions_tables()),
            *(dg.AssetKey(table.name) for table in findings_tables()),
        ],
        group_name=GROUP,
        description="The finished warehouse as one file and its tables as Parquet, replaced whole once everything "
        "before has passed. Who reads them keeps what was opened. `make docs` writes every model's and column's "
        "meaning beside them, as one page (docs.html).",
        owners=[DATA],
        kinds={"python", "duckdb", "parquet"},
        metadata=column_metadata(
            {"table": "text", "rows": "integer"},
            {"table": "A published table of the schema marts.", "rows": "How many rows it has."},
        ),
    )
    def published(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        build_hold: dg.ResourceParam[BuildHold],
    ) -> dg.MaterializeResult[None]:
        with plain_failures():
            build_hold.take()
            require_build(settings)
            refuse_unchecked(settings)
            _refuse_failed_models(settings)
            refuse_missing_months(settings)
            pages = {PAGE_FILE_NAME: page_of(settings).encode()}
            results = read_results(settings.build_warehouse)
            with kept_publication(settings):
                rows = publish(settings.build_warehouse, settings.published, tables, pages, words)
            number_what_is_new(settings.home)
            if settings.as_of is None:
                note_finished(settings.build_warehouse, definitions_document(settings).decode())
        say(context, f"published {len(rows)} tables, {sum(rows.values())} rows")
        return dg.MaterializeResult(
            metadata={
                "warehouse": dg.MetadataValue.path(settings.published / "warehouse.duckdb"),
                "documentation": dg.MetadataValue.url((settings.published / DOCUMENTATION_NAME).as_uri()),
                "data_checks": dg.MetadataValue.url((settings.published / PAGE_FILE_NAME).as_uri()),
                # A browser follows no link from the UI to a file: the results are shown here, too.
                "check_results": dg.MetadataValue.md(check_markdown(results)),
                "rows": dg.MetadataValue.table(
                    [dg.TableRecord({"table": name, "rows": count}) for name, count in rows.items()]
                ),
            }
        )

    return published


def _refuse_failed_models(settings: Settings) -> None:
    if not (settings.build / CHECKED_FILE_NAME).exists():
        raise dg.Failure(
            description="The models of this build, or their checks, have not all passed: nothing is published. "
            "Run everything, from the extracts on.",
            allow_retries=False,
        )
