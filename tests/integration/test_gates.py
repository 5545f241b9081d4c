"""What blocks a run: a failed check stops everything after it, in this run and in the next, until it is put right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest
import yaml

from dagster_project.defs.automation import all_months
from dagster_project.settings import load_settings
from data_checks import (
    ALL_SUITES,
    GATES,
    CheckResult,
    read_results,
    reasons_not_to_publish,
    suites_from,
    write_results,
)
from tests.faults.runs import failures, materialize
from tests.integration.command_line import Ran, command, history_settings
from tests.scenarios.history import History

QUARANTINE = "quarantine_is_within_what_the_source_allows"
PUBLICATION = [
    "sla_attainment_history",
    "mql_plan_history",
    "sla_restatements",
    "sla_restatement_records",
    "publications",
]
RAW_CHECKS = dg.AssetSelection.groups("contract", "extracts", "raw")
RAW = dg.AssetSelection.groups("contract", "raw").without_checks()
PUBLISHED = dg.AssetSelection.assets("published").without_checks()


def a_history(folder: Path) -> Path:
    """Ana's MQL, and two touches in a file of their own, of which one has no readable time: 1 of 3 rows."""
    history = History(max_quarantined_share=0.25)
    history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00").calls("2026-01-12 12:00")
    history.write(folder)
    deliver(folder, "never")
    return folder


def deliver(history: Path, second_time: str) -> None:
    (history / "extracts" / "company" / "touches" / "2026-03-30.csv").write_text(
        "touch_id,contact_id,occurred_at,touch_type\n"
        "t-1,ana,2026-01-12 10:30,page_view\n"
        f"t-2,ana,{second_time},page_view\n"
    )


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_history(tmp_path_factory.mktemp("history") / "history")


@pytest.fixture(scope="module")
def settings(history: Path) -> dict[str, str]:
    return history_settings(history, history.parent / "home")


@pytest.fixture(scope="module")
def blocked(settings: dict[str, str]) -> Ran:
    return command("run", settings)


def build_of(settings: Mapping[str, str]) -> Path:
    return home_of(settings) / "build" / "warehouse.duckdb"


def home_of(settings: Mapping[str, str]) -> Path:
    return Path(settings["SLA_HOME"])


def test_a_blocked_run_ends_with_what_was_found_expected_and_is_to_be_done(
    blocked: Ran, settings: dict[str, str]
) -> None:
    assert blocked.status == 1
    lines = blocked.last_lines
    assert f"{QUARANTINE}: Deliveries:" in lines
    assert "at worst 33.33 % of the rows not yet published; expected: at most the limit of each" in lines
    assert "Look in the folder quarantine/" in lines
    assert "for example: company/touches" in lines
    assert str(home_of(settings) / "build" / "checks.html") in lines
    assert "Nothing was published." in lines


def test_nothing_after_a_failed_check_is_made(blocked: Ran) -> None:
    assert "tables built" not in blocked.output
    assert "attainment of" not in blocked.output


def test_the_results_of_a_blocked_run_are_kept_in_its_build_and_on_its_page(
    blocked: Ran, settings: dict[str, str]
) -> None:
    build = home_of(settings) / "build"
    failed = [result.check_id for result in read_results(build / "warehouse.duckdb") if result.is_blocking]
    assert failed == [QUARANTINE]
    assert "1 error blocks everything downstream" in (build / "checks.html").read_text(encoding="utf-8")


def test_a_later_run_of_the_rest_cannot_publish_over_the_failed_check(
    blocked: Ran, settings: dict[str, str]
) -> None:
    result = materialize(settings, PUBLISHED)
    (told,) = failures(result)
    assert told.startswith("Nothing is published: the build has not passed its checks.")
    assert QUARANTINE in told
    assert not (home_of(settings) / "published" / "warehouse.duckdb").exists()


def test_the_next_run_is_blocked_too_until_a_corrected_file_is_delivered(
    blocked: Ran, history: Path, settings: dict[str, str]
) -> None:
    (told,) = failures(materialize(settings, RAW_CHECKS))
    assert told.startswith(QUARANTINE)
    deliver(history, "2026-01-12 10:45")
    result = materialize(settings, RAW_CHECKS)
    assert result.success, failures(result)
    evaluated = {each.check_name: each for each in result.get_asset_check_evaluations()}
    assert evaluated[QUARANTINE].passed
    assert evaluated[QUARANTINE].metadata["found"].value == "0 % of the rows not yet published"


def test_a_part_that_begins_after_the_extracts_reads_no_damaged_file(
    blocked: Ran, settings: dict[str, str]
) -> None:
    touches = home_of(settings) / "raw" / "company" / "touches"
    (damaged,) = (touches / "extract_date=2026-03-31").glob("*.parquet")
    as_written = damaged.read_bytes()
    damaged.write_bytes(as_written[:100] + bytes(50) + as_written[150:])
    result = materialize(settings, RAW)
    assert result.success, failures(result)
    assert damaged.read_bytes() == as_written


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[CheckResult]]:
    """Settings of a home in which everything is published, and what the checks found of its build."""
    folder = tmp_path_factory.mktemp("published")
    history = a_history(folder / "history")
    deliver(history, "2026-01-12 10:45")
    settings = history_settings(history, folder / "home")
    ran = command("run", settings)
    assert ran.status == 0, ran.output
    return settings, read_results(build_of(settings))


@pytest.mark.parametrize(
    ("made_again", "gate"),
    [
        (["marts/dim_reps"], "marts"),
        (["sla_attainment"], "attainment"),
        (["mql_plan"], "findings"),
        (PUBLICATION, "findings"),
        (["data_quality", "quarantine_summary"], "findings"),
    ],
)
def test_what_was_found_of_a_table_counts_no_more_once_it_is_made_again(
    published: tuple[dict[str, str], list[CheckResult]], made_again: list[str], gate: str
) -> None:
    """Whoever makes a table anew in a run of its own can't publish it on the word of earlier checks."""
    settings, found = published
    write_results(build_of(settings), found)
    selection = dg.AssetSelection.assets(*(dg.AssetKey(name.split("/")) for name in made_again))
    months = all_months(load_settings(settings)) if made_again == ["sla_attainment"] else {}
    result = materialize(settings, selection.without_checks(), **months)
    assert result.success, failures(result)
    left = read_results(build_of(settings))
    void = {suite.name for suite in suites_from(gate)}
    assert {result.suite for result in left} == {suite.name for suite in ALL_SUITES} - void
    (told,) = reasons_not_to_publish(left, ALL_SUITES)
    assert "Not run for these tables as they are now" in told


def test_a_severity_in_sources_yml_lets_a_run_pass_its_check(tmp_path: Path) -> None:
    history = a_history(tmp_path / "history")
    path = history / "sources.yml"
    declared = yaml.safe_load(path.read_text()) | {"checks": {QUARANTINE: {"severity": "warning"}}}
    path.write_text(yaml.safe_dump(declared))
    result = materialize(history_settings(history, tmp_path / "home"), RAW_CHECKS)
    assert result.success, failures(result)
    made = result.get_asset_check_evaluations()
    (found,) = [each for each in made if each.check_name == QUARANTINE]
    assert (found.passed, found.severity, found.blocking) == (False, dg.AssetCheckSeverity.WARN, False)
    assert found.asset_key == dg.AssetKey(["raw", "extract_ledger"])
    assert found.metadata["sample"].value == ["company/touches"]
    assert found.metadata["threshold"].value == 0.01
    assert str(found.metadata["meaning"].value).startswith("Deliveries: at worst 33.33 %")
    # So does every other: what was found and expected in words, as numbers where anything was measured, and a sentence.
    nothing = {"nothing is asked for", "nothing to measure", "no rows to look at"}
    assert {each.check_name for each in made} == {
        check.id for suite in GATES["raw"] for check in suite.checks
    }
    for each in made:
        assert {"found", "expected", "meaning", "threshold", "all_results"} <= set(each.metadata)
        assert ("observed" in each.metadata) == (each.metadata["found"].value not in nothing)
        assert each.description == each.metadata["meaning"].value


def test_a_check_that_does_not_exist_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    history = a_history(tmp_path / "history")
    with (history / "sources.yml").open("a") as file:
        file.write("checks:\n  leads_are_deliverd: {severity: warning}\n")
    ran = command("validate", history_settings(history, tmp_path / "home"))
    assert ran.status == 1
    assert "checks.leads_are_deliverd" in ran.last_lines
    assert "is `leads_are_delivered` meant?" in ran.last_lines
