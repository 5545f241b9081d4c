"""What is said of the published files when a run has failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.commands.run import _published_file, _what_is_published
from dagster_project.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"SLA_HOME": str(tmp_path)}, env_file=tmp_path / "no file")


def publish(settings: Settings) -> None:
    """Replace the published file as publishing does."""
    settings.published.mkdir(parents=True, exist_ok=True)
    new = settings.published / ".new"
    new.write_text("tables")
    new.rename(settings.published / "warehouse.duckdb")


def test_nothing_was_published_where_nothing_is(settings: Settings) -> None:
    assert _what_is_published(settings, _published_file(settings)) == "Nothing was published."


def test_what_a_failed_run_did_not_replace_is_untouched(settings: Settings) -> None:
    publish(settings)
    assert _what_is_published(settings, _published_file(settings)) == (
        f"What was published before in {settings.published} is untouched."
    )


def test_tables_that_were_replaced_before_the_failure_are_not_called_untouched(settings: Settings) -> None:
    publish(settings)
    before = _published_file(settings)
    publish(settings)
    assert _what_is_published(settings, before) == (
        f"The tables in {settings.published} are this run's; what failed came after them."
    )
