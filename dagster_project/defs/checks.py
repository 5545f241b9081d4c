"""The data checks as gates: what is expected of what came in and of what goes out, each an asset check.

What belongs here: when which suites run, and how Dagster shows what they found. What doesn't: any expectation.
Each gate runs once the tables that it looks at are made, and stops everything after them when an error fails. Its
results are kept in the build itself, where publishing reads them, whichever run they came from.
"""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from dagster_project.decisions.history import delivery_files
from dagster_project.defs.decisions import decisions_key, decisions_tables
from dagster_project.defs.resources import BuildHold, RunInputs
from dagster_project.defs.telling import plain_failures, say
from dagster_project.defs.transform import table_key
from dagster_project.extracts import Sources, SourcesErrors, load_sources
from dagster_project.settings import Settings
from dagster_project.warehouse.inputs import stated_as_of
from data_checks import (
    ALL_SUITES,
    GATES,
    CheckResult,
    CheckSettings,
    DeclaredCheck,
    Severity,
    check_page,
    check_settings_problems,
    declared_checks,
    read_results,
    reasons_not_to_publish,
    run_checks,
    told,
    void_results,
    write_results,
)

PAGE_FILE_NAME = "checks.html"
SEVERITIES = {Severity.ERROR: dg.AssetCheckSeverity.ERROR, Severity.WARNING: dg.AssetCheckSeverity.WARN}


DESCRIPTIONS = {
    "raw": "What is expected of what came in, before any model reads it.",
    "marts": "What is expected of the models' tables, before anything rests on them.",
    "attainment": "What is expected of the attainment, before anything is decided by it.",
    "findings": "What is expected of the findings, and that no table that goes out holds anything personal.",
}
# Made outside of dbt, with keys of one word.
TABLES_OF_STEPS = ("sla_attainment", "data_quality", "quarantine_summary")


def checked_asset(table: str) -> dg.AssetKey:
    """The asset of a suite's table."""
    schema, name = table.split(".")
    if name in TABLES_OF_STEPS:
        return dg.AssetKey(name)
    return table_key(name) if schema == "raw" else dg.AssetKey([schema, name])


def check_assets(settings: Settings) -> list[dg.AssetChecksDefinition]:
    """One step per gate. Severities are those of `sources.yml` where it can be read; the run says when it can't."""
    try:
        overrides = load_sources(settings.sources, check_settings_problems).checks
    except SourcesErrors:
        overrides = {}
    return [_gate(gate, declared_checks(suites, overrides)) for gate, suites in GATES.items()]


def _gate(gate: str, declared: Sequence[DeclaredCheck]) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(
        name=f"{gate}_checks",
        description=DESCRIPTIONS[gate],
        # Whoever makes one table in the UI has its own checks made.
        can_subset=True,
        specs=[
            dg.AssetCheckSpec(
                name=check.check_id,
                asset=checked_asset(check.table),
                description=check.meaning,
                blocking=check.is_blocking,
                # The last gate looks at the text of every table.
                additional_deps=[decisions_key(table.name) for table in decisions_tables()]
                if gate == "findings"
                else None,
                metadata={
                    "expected": check.threshold_text,
                    "severity": str(check.severity),
                    "suite": check.suite,
                },
            )
            for check in declared
        ],
    )
    def checks(
        context: dg.AssetCheckExecutionContext,
        settings: dg.ResourceParam[Settings],
        inputs: dg.ResourceParam[RunInputs],
        build_hold: dg.ResourceParam[BuildHold],
    ) -> Iterator[dg.AssetCheckResult]:
        asked = {key.name for key in context.selected_asset_check_keys}
        suites = [suite for suite in GATES[gate] if any(check.id in asked for check in suite.checks)]
        with plain_failures():
            build_hold.take()
            require_build(settings)
            void_results(settings.build_warehouse, suites)
            results = run_checks(settings.build_warehouse, suites, check_settings(settings, inputs.sources))
            write_results(settings.build_warehouse, results)
            page = write_page(settings)
        for result in results:
            if result.check_id in asked:
                yield _shown(result, page)
        reasons = [told(result) for result in results if result.is_blocking]
        if reasons:
            raise dg.Failure(description="\n\n".join([*reasons, f"All results: {page}"]), allow_retries=False)
        warnings = [result.check_id for result in results if not result.passed]
        text = f"checks of {gate}: {len(results)} made"
        say(context, f"{text}, warnings: {', '.join(warnings)} (see {page})" if warnings else text)

    return checks


def require_build(settings: Settings) -> None:
    """Raises Failure when there is no build to look at."""
    if not settings.build_warehouse.exists():
        raise dg.Failure(
            description=f"There is no build in {settings.build}: run everything, from the extracts on.",
            allow_retries=False,
        )


def check_settings(settings: Settings, sources: Sources) -> CheckSettings:
    """What the checks of a deployment are made with.

    An as-of run, too, judges the quarantine of what no publication has yet: it publishes nothing itself.
    """
    return CheckSettings(
        now=datetime.now(UTC).replace(tzinfo=None),
        quarantine_limits={source.name: source.max_quarantined_share for source in sources},
        published_deliveries=delivery_files(settings.history),
        overrides=sources.checks,
    )


def _shown(result: CheckResult, page: Path) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {
        "found": result.observed_text,
        "expected": result.threshold_text,
        "meaning": result.sentence,
        "observed": result.observed,
        "threshold": result.threshold,
        "failing": result.failing,
        "looked_at": result.checked,
        "sample": list(result.sample) or None,
        "all_results": dg.MetadataValue.url(page.as_uri()),
    }
    return dg.AssetCheckResult(
        passed=result.passed,
        asset_key=checked_asset(result.table),
        check_name=result.check_id,
        severity=SEVERITIES[result.severity],
        description=result.sentence,
        metadata={name: value for name, value in metadata.items() if value is not None},
    )


def write_page(settings: Settings) -> Path:
    """The page of this build's results so far, beside the build."""
    page = settings.build / PAGE_FILE_NAME
    temporary = page.with_name(f".{PAGE_FILE_NAME}")
    temporary.write_text(page_of(settings), encoding="utf-8")
    temporary.rename(page)
    return page


def page_of(settings: Settings) -> str:
    """A page of all results that the build has."""
    instant = stated_as_of(settings.build_warehouse)
    return check_page(
        read_results(settings.build_warehouse), f"Stated as of {instant:%Y-%m-%d %H:%M:%S} UTC."
    )


def refuse_unchecked(settings: Settings) -> None:
    """Raises Failure when a check of this build failed as an error, or was not made."""
    reasons = reasons_not_to_publish(read_results(settings.build_warehouse), ALL_SUITES)
    if reasons:
        raise dg.Failure(
            description="\n\n".join(["Nothing is published: the build has not passed its checks.", *reasons]),
            allow_retries=False,
        )
