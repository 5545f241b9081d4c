"""When things run. So far: everything, when asked."""

from __future__ import annotations

import dagster as dg

REFRESH = "refresh"


def refresh_job() -> dg.UnresolvedAssetJobDefinition:
    """All assets in one run, in one process: the work is inside DuckDB, and a process a step costs seconds."""
    return dg.define_asset_job(
        REFRESH,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="From the extracts and the contract to what is published.",
    )
