"""Findings: everything that is worth knowing about the data behind the figures, gathered into one published table.

What belongs here: what is asked of which room, and the step. What doesn't: finding anything. A room that has something
to say gives a pure function; it is called in `_gathered`.
"""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

from collections.abc import Iterator, Sequence

import dagster as dg
import duckdb

from dagster_project.decisions.gaming import gaming_findings
from dagster_project.decisions.wording import Wording
from dagster_project.defs.attainment import KEY as ATTAINMENT_KEY
from dagster_project.defs.attainment import UI_LANGUAGE
from dagster_project.defs.checks import require_build
from dagster_project.defs.extracts import SourceObject
from dagster_project.defs.resources import BuildHold, RunInputs
from dagster_project.defs.telling import DATA, column_metadata, plain_failures, say
from dagster_project.defs.vendor_words import unmapped_words_of
from dagster_project.extracts import Finding, quarantine_counts, standing_findings
from dagster_project.findings import (
    DATA_QUALITY_COLUMNS,
    DATA_QUALITY_DESCRIPTION,
    EVERYWHERE,
    QUARANTINE_COLUMNS,
    QUARANTINE_DESCRIPTION,
    Found,
    data_quality_table,
    oddities,
    quarantine_table,
)
from dagster_project.settings import Settings
from dagster_project.warehouse.publish import TableDescription
from dagster_project.warehouse.tables import reading, replace_tables
from data_checks import CheckResult, read_results, reads_the_clock, suites_from, void_results

GROUP = "findings"
DATA_QUALITY, QUARANTINE = "data_quality", "quarantine_summary"
COLUMNS = {DATA_QUALITY: DATA_QUALITY_COLUMNS, QUARANTINE: QUARANTINE_COLUMNS}
DESCRIPTIONS = {DATA_QUALITY: DATA_QUALITY_DESCRIPTION, QUARANTINE: QUARANTINE_DESCRIPTION}
KEYS = {
    DATA_QUALITY: ("finding", "source", "object"),
    QUARANTINE: ("source", "object", "extract_date", "reason"),
}
# What the queries over the build look at.
READS = (
    "staging/stg_contacts",
    "staging/stg_leads",
    "staging/stg_lead_history",
    "staging/stg_opportunities",
    "intermediate/int_people_leads",
    "intermediate/int_mql_opportunities",
    "marts/dim_reps",
    "marts/fct_mqls",
)


def findings_tables() -> list[TableDescription]:
    """The tables of this step, as they are published."""
    return [
        TableDescription(
            name,
            DESCRIPTIONS[name],
            {column: each.description for column, each in COLUMNS[name].items()},
            KEYS[name],
        )
        for name in COLUMNS
    ]


def findings_asset(objects: Sequence[SourceObject]) -> dg.AssetsDefinition:
    """`data_quality` and `quarantine_summary`."""
    deps: dict[str, list[dg.AssetKey | dg.AssetDep]] = {
        DATA_QUALITY: [
            *(each.key for each in objects),
            *(dg.AssetKey(place.split("/")) for place in READS),
            dg.AssetDep(ATTAINMENT_KEY, partition_mapping=dg.AllPartitionMapping()),
        ],
        QUARANTINE: [each.key for each in objects],
    }

    @dg.multi_asset(
        name=GROUP,
        description="Gathers what ingestion, the data checks and the questions about the data have found.",
        specs=[
            dg.AssetSpec(
                dg.AssetKey(name),
                deps=deps[name],
                group_name=GROUP,
                description=DESCRIPTIONS[name],
                owners=[DATA],
                kinds={"python", "duckdb"},
                metadata=column_metadata(
                    {column: each.duckdb_type for column, each in COLUMNS[name].items()},
                    {column: each.description for column, each in COLUMNS[name].items()},
                ),
            )
            for name in COLUMNS
        ],
    )
    def findings(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        inputs: dg.ResourceParam[RunInputs],
        build_hold: dg.ResourceParam[BuildHold],
    ) -> Iterator[dg.MaterializeResult[None]]:
        with plain_failures():
            build_hold.take()
            require_build(settings)
            void_results(settings.build_warehouse, suites_from("findings"))
            results = read_results(settings.build_warehouse)
            with reading(settings.build_warehouse) as connection:
                found = _gathered(settings, inputs, connection, results)
            tables = {
                DATA_QUALITY: data_quality_table(found),
                QUARANTINE: quarantine_table(
                    quarantine_counts(settings.home, inputs.sources, settings.as_of)
                ),
            }
            replace_tables(settings.build_warehouse, tables)
        severities = tables[DATA_QUALITY].column("severity").to_pylist()
        say(
            context,
            f"findings: errors: {severities.count('error')}, warnings: {severities.count('warning')}, "
            f"notes: {severities.count('note')}",
        )
        for name, table in tables.items():
            yield dg.MaterializeResult(
                asset_key=dg.AssetKey(name), metadata={"dagster/row_count": table.num_rows}
            )

    return findings


def _gathered(
    settings: Settings,
    inputs: RunInputs,
    connection: duckdb.DuckDBPyConnection,
    results: Sequence[CheckResult],
) -> list[Found]:
    """What every room has found; `connection` reads the build, `results` are those of its checks so far."""
    wording = Wording(UI_LANGUAGE, inputs.contracts.currency)
    delivered = standing_findings(settings.home, settings.extracts, inputs.sources, settings.as_of)
    gaming = gaming_findings(connection, wording)
    return [
        *(_of_ingestion(finding) for finding in (*delivered, *unmapped_words_of(connection))),
        *_of_checks(results),
        *oddities(connection),
        *(
            Found(each.finding, EVERYWHERE, each.object, each.count, each.looked_at, "note", each.meaning)
            for each in gaming
        ),
    ]


def _of_ingestion(finding: Finding) -> Found:
    return Found(
        finding.kind,
        finding.source or EVERYWHERE,
        finding.object or EVERYWHERE,
        finding.count,
        finding.looked_at,
        str(finding.severity),
        finding.message,
    )


def _of_checks(results: Sequence[CheckResult]) -> Iterator[Found]:
    """Every check that hasn't passed, and how many were made; those that look at the clock say another thing every day,
    and are on the page of the checks only."""
    lasting = [result for result in results if not reads_the_clock(result.check_id)]
    failed = [result for result in lasting if not result.passed]
    yield Found(
        "data_checks_passed",
        EVERYWHERE,
        EVERYWHERE,
        len(lasting) - len(failed),
        len(lasting),
        "note",
        f"{len(lasting) - len(failed)} of {len(lasting)} data checks passed.",
    )
    for result in failed:
        yield Found(
            result.check_id,
            EVERYWHERE,
            result.table.rpartition(".")[2].removeprefix("standard_"),
            result.failing or 0,
            result.checked if (result.checked or 0) >= (result.failing or 0) else None,
            str(result.severity),
            result.sentence,
        )
