"""The hall that the rooms open on: their functions as Dagster assets, one file a step, and nothing of its own.

`build_definitions` is the one way in; a test gives it other settings or resources and patches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from dagster_project.defs.alerts import alert_sensors
from dagster_project.defs.attainment import attainment_asset, attainment_months
from dagster_project.defs.automation import deliveries_sensor, morning_schedule, refresh_job, with_freshness
from dagster_project.defs.checks import check_assets
from dagster_project.defs.column_lineage import FOLDER_NAME as LINEAGE_FOLDER
from dagster_project.defs.contract import contract_tables_asset, readable_contracts
from dagster_project.defs.decisions import plan_asset, publication_asset
from dagster_project.defs.extracts import declared_objects, extract_assets, sources_asset
from dagster_project.defs.findings import findings_asset
from dagster_project.defs.publish import published_asset
from dagster_project.defs.pull import pull_definitions
from dagster_project.defs.resources import default_resources
from dagster_project.defs.review import review_asset
from dagster_project.defs.simulation_jobs import simulate_job, threshold_job
from dagster_project.defs.transform import models_asset, raw_asset
from dagster_project.settings import Settings
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.manifest import read_manifest


def build_definitions(
    settings: Settings,
    resources: Mapping[str, object] | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """All assets, checks, jobs and what starts them for some settings; `resources` replace the default ones by name.

    Contracts or sources that can't be read don't stop the definitions from loading: the run says what is
    wrong with them. Raises CompileError when the models don't compile.
    """
    compiled = compiled_manifest(settings.dbt)
    manifest = read_manifest(compiled)
    objects = declared_objects(settings)
    contracts = readable_contracts(settings)
    months = attainment_months(settings, contracts)
    assets = [
        contract_tables_asset(),
        sources_asset(objects),
        *extract_assets(objects),
        raw_asset(objects, manifest),
        models_asset(manifest, compiled.parent / LINEAGE_FOLDER),
        attainment_asset(months),
        plan_asset(),
        publication_asset(),
        findings_asset(objects),
        published_asset(manifest),
        review_asset(),
    ]
    everything = dg.Definitions(
        assets=dg.map_asset_specs(with_freshness, assets),
        asset_checks=check_assets(settings),
        jobs=[refresh_job, simulate_job, threshold_job],
        sensors=[deliveries_sensor(settings), *alert_sensors(settings)],
        schedules=[morning_schedule(settings, contracts)],
        resources={**default_resources(settings), **(resources or {})},
        loggers=loggers,
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(everything, pull_definitions(settings))
