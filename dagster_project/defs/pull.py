"""Live pulls as assets: one for each object that HubSpot or Salesforce is asked for, beside everything else.

They are there only where the settings for them are, and dlt is installed. They belong to a job of their own: what they
deliver are ordinary extracts, which the sensor finds like any other.
"""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

import importlib.util
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from dagster_project.contract import ContractErrors, contract_tables, load_contracts
from dagster_project.extracts import SourcesErrors, load_sources
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from dagster_project.pull import Plan

GROUP = "pull"
JOB = "pull"
SCHEDULE = "every_night"
EVERY_NIGHT = "30 0 * * *"
NEEDED = ("dlt", "dagster_dlt")


def _now() -> datetime:
    return datetime.now(UTC)


def pull_definitions(settings: Settings, clock: Callable[[], datetime] = _now) -> dg.Definitions:
    """The assets of pulls, their job, and a schedule that is off until somebody turns it on; else nothing.

    `clock` says, in the run, which day is the last that is over.
    """
    if not settings.pull or any(importlib.util.find_spec(name) is None for name in NEEDED):
        return dg.Definitions()
    from dagster_project.pull import PullError

    try:
        found = planned(settings)
    except (SourcesErrors, ContractErrors, PullError):
        return dg.Definitions()  # `make pull` says what is wrong
    if not found:
        return dg.Definitions()
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.groups(GROUP),
        executor_def=dg.in_process_executor,
        description="Asks HubSpot and Salesforce for what has changed, and delivers it into the landing folder.",
    )
    nightly = dg.ScheduleDefinition(
        name=SCHEDULE,
        job=job,
        cron_schedule=EVERY_NIGHT,
        execution_timezone=found[0].target.zone.key,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Soon after midnight, when a day that is over can be delivered whole.",
    )
    return dg.Definitions(
        assets=[_assets(plan, clock) for plan in found],
        jobs=[job],
        schedules=[nightly],
        resources={"dlt": _dlt_resource()},
    )


def planned(settings: Settings) -> list["Plan"]:
    """What is pulled by the settings, the sources and the contracts. Raises their errors, and PullError."""
    from dagster_project.pull import plans

    criteria = contract_tables(load_contracts(settings.contracts))["contract_criteria"]
    attributes = set(criteria["attribute"].to_pylist())
    sources = load_sources(settings.sources)
    return plans(settings.pull, sources, settings.extracts, settings.home / "pull", attributes)


def _dlt_resource() -> Any:
    from dagster_dlt import DagsterDltResource

    return DagsterDltResource()


def _assets(plan: "Plan", clock: Callable[[], datetime]) -> dg.AssetsDefinition:
    from dagster_dlt import DagsterDltResource, DagsterDltTranslator, dlt_assets
    from dagster_dlt.translator import DltResourceTranslatorData

    from dagster_project.pull import dlt_pipeline, dlt_source

    class Named(DagsterDltTranslator):
        def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
            return dg.AssetSpec(
                [GROUP, plan.target.source, data.resource.name],
                group_name=GROUP,
                kinds={"dlt"},
                description=f"What has changed of {data.resource.name} since the last pull, as extracts.",
            )

    @dlt_assets(
        dlt_source=dlt_source(plan.target, plan.feeds, clock),
        dlt_pipeline=dlt_pipeline(plan.target),
        name=f"pull_{plan.target.source}",
        dagster_dlt_translator=Named(),
    )
    def pulled(context: dg.AssetExecutionContext, dlt: DagsterDltResource) -> Iterator[Any]:
        pipeline = dlt_pipeline(plan.target)
        if pipeline.has_pending_data:
            # What a killed pull had asked for already; the integration would throw it away.
            pipeline.run()
        yield from dlt.run(
            context=context, dlt_source=dlt_source(plan.target, plan.feeds, clock), dlt_pipeline=pipeline
        )

    return pulled
