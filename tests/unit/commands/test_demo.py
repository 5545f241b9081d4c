"""When a run is of the demo company: only where nothing else is set, and nothing else is there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest

from dagster_project.commands import demo, run
from dagster_project.commands.console import Console
from dagster_project.decisions.deliveries import DELIVERY_SCHEMA
from dagster_project.decisions.history import Additions, commit, next_publication, prepare
from dagster_project.demo import writing
from dagster_project.demo.writing import MARKER_NAME
from dagster_project.settings import Settings, load_settings

PROJECT = Path(__file__).parents[3]


def settings_for(folder: Path, **environment: str) -> Settings:
    return load_settings(environment, folder, folder / "no .env")


def a_demo(settings: Settings) -> None:
    """A landing folder as a demo's delivery leaves it, without the files."""
    landing = settings.home / "extracts"
    landing.mkdir(parents=True)
    (landing / MARKER_NAME).write_text("{}")


def test_a_new_home_gets_the_demo(tmp_path: Path) -> None:
    assert demo.wants_demo(settings_for(tmp_path))


def test_a_home_with_nothing_but_a_demo_keeps_it(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    a_demo(settings)
    (settings.home / "ledger" / "crm").mkdir(parents=True)
    assert demo.wants_demo(settings)


def test_extracts_that_somebody_delivered_are_never_joined_by_a_demo(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    (settings.home / "extracts" / "crm").mkdir(parents=True)
    assert not demo.wants_demo(settings)


def test_a_home_whose_deliveries_came_from_elsewhere_gets_no_demo(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    (settings.home / "ledger" / "crm").mkdir(parents=True)
    assert not demo.wants_demo(settings)


def test_who_sets_an_input_gets_no_demo(tmp_path: Path) -> None:
    for name in ("SLA_CONTRACTS", "SLA_SOURCES"):
        assert not demo.wants_demo(settings_for(tmp_path, **{name: "mine"}))
    (tmp_path / "mine").mkdir()
    assert not demo.wants_demo(settings_for(tmp_path, SLA_EXTRACTS="mine"))


def test_other_extracts_are_not_read_into_a_home_that_holds_the_demo(tmp_path: Path) -> None:
    a_demo(settings_for(tmp_path))
    (tmp_path / "mine").mkdir()
    printed = StringIO()
    settings = settings_for(tmp_path, SLA_EXTRACTS="mine")
    assert run.main(settings, Console(printed)) == 1
    assert "holds the demo company, which must not be mixed" in printed.getvalue()
    assert not settings.logs.exists()


def test_the_demo_is_not_delivered_among_other_extracts(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    (settings.home / "extracts" / "crm").mkdir(parents=True)
    printed = StringIO()
    assert demo.main(settings, Console(printed)) == 1
    assert "Set SLA_HOME to another folder" in printed.getvalue().replace("\n", " ")


def small_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "DEMO_PEOPLE", 120)


def test_another_family_comes_with_the_sources_and_contracts_that_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_demo(monkeypatch)
    settings = settings_for(PROJECT, SLA_HOME=str(tmp_path / "home"))
    printed = StringIO()
    assert demo.main(settings, Console(printed), family="hubspot", loader="stitch") == 0
    home = tmp_path / "home"
    assert "family: hubspot" in (home / "sources.yml").read_text(encoding="utf-8")
    # Inés is the fourteenth user.
    assert 'rep: "610015"' in (home / "contracts/2025-11.yml").read_text(encoding="utf-8")
    assert (
        f"SLA_SOURCES={home / 'sources.yml'} SLA_CONTRACTS={home / 'contracts'} make run"
        in printed.getvalue()
    )


def test_two_shapes_of_the_demo_are_never_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_demo(monkeypatch)
    settings = settings_for(PROJECT, SLA_HOME=str(tmp_path / "home"))
    assert demo.main(settings, Console(StringIO()), family="hubspot") == 0
    printed = StringIO()
    assert demo.main(settings, Console(printed)) == 1
    assert "as hubspot, api already" in printed.getvalue()
    printed = StringIO()
    assert run.main(settings, Console(printed)) == 1
    assert f"SLA_SOURCES={tmp_path / 'home' / 'sources.yml'}" in printed.getvalue()


def test_a_family_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    printed = StringIO()
    assert demo.main(settings_for(tmp_path), Console(printed), family="pipedrive") == 1
    assert "pipedrive is none of standard, hubspot, hubspot+salesforce" in printed.getvalue()
    assert not (tmp_path / "var").exists()


def test_the_demo_has_a_past_on_its_first_run_only(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    assert demo.past_of_the_demo(settings) == date(2026, 4, 20)
    # what was known on another day is no publication, and begins no history
    assert demo.past_of_the_demo(settings_for(tmp_path, SLA_AS_OF="2026-03-31")) is None
    instant = datetime(2026, 4, 21, 6, tzinfo=UTC)
    deliveries = DELIVERY_SCHEMA.empty_table()
    publication = next_publication([], "first", instant, instant, {}, deliveries)
    prepare(settings.history, publication, {}, deliveries, Additions())
    commit(settings.history, publication.publication_id)
    assert demo.past_of_the_demo(settings) is None
