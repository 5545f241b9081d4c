"""A home with a build and its publication, made without Dagster and dbt's start-up: for commands that read both."""

from __future__ import annotations

import shutil
from pathlib import Path

from dagster_project.formats import number_what_is_new
from dagster_project.settings import Settings, load_settings
from tests.integration.command_line import history_settings
from tests.pipeline import build


def publish_history(history: Path, home: Path) -> Settings:
    """Ingest and build a history into a home, and publish the build as it is."""
    settings = load_settings(history_settings(history, home), env_file=Path("no such file"))
    result = build(history, home)
    result.connection.complete()
    settings.build.mkdir(parents=True, exist_ok=True)
    settings.build_warehouse.unlink(missing_ok=True)
    result.connection.execute(f"attach '{settings.build_warehouse}' as written")
    result.connection.execute("copy from database warehouse to written")
    result.connection.close()
    settings.published.mkdir(exist_ok=True)
    shutil.copyfile(settings.build_warehouse, settings.published / "warehouse.duckdb")
    settings.history.mkdir(exist_ok=True)
    number_what_is_new(home)
    return settings
