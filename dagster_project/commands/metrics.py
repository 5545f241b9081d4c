"""`make metrics`: the agreement's metrics by MetricFlow, over what is published."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from dagster_project.commands.console import Console
from dagster_project.owner_only import make_private
from dagster_project.settings import Settings
from dagster_project.warehouse.compiling import QUIET, compiled_manifest

SEMANTIC_MANIFEST = "semantic_manifest.json"
# MetricFlow looks for a newer version of itself at every start; nothing here asks the network.
NOWHERE = "http://127.0.0.1:9"


def main(settings: Settings, console: Console, query: str | None = None) -> int:
    """Answer `query`, the arguments of `mf query`; without one, list the metrics and what they can be sliced by.

    Returns MetricFlow's own exit status.
    """
    warehouse = settings.published / "warehouse.duckdb"
    if not warehouse.exists():
        console.fail(f"Nothing is published in {settings.published} yet: make run, then ask again.")
        return 1
    if importlib.util.find_spec("dbt_metricflow") is None:
        console.fail("MetricFlow is not installed here. It comes with the development environment: make env")
        return 1
    _hand_over_manifest(settings.dbt)
    make_private(settings.logs)
    arguments = ["query", "--quiet", *shlex.split(query)] if query else ["list", "metrics"]
    asked = subprocess.run(
        [Path(sys.executable).parent / "mf", *arguments],
        env={
            **os.environ,
            **QUIET,
            "DBT_PROJECT_DIR": str(settings.dbt),
            "DBT_PROFILES_DIR": str(settings.dbt),
            "DBT_LOG_PATH": str(settings.logs),
            "DBT_WAREHOUSE": str(warehouse),
            "DBT_ACCESS_MODE": "read_only",
            "HTTP_PROXY": NOWHERE,
            "HTTPS_PROXY": NOWHERE,
        },
        check=False,
    )
    return asked.returncode


def _hand_over_manifest(dbt_folder: Path) -> None:
    """Put the semantic layer, as it is compiled now, where `mf` looks for it."""
    compiled = compiled_manifest(dbt_folder).parent / SEMANTIC_MANIFEST
    partial = dbt_folder / "target" / f".{SEMANTIC_MANIFEST}.{os.getpid()}"
    shutil.copyfile(compiled, partial)
    partial.rename(dbt_folder / "target" / SEMANTIC_MANIFEST)
