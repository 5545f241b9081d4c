"""What Dagster shows: one lineage from the contract and every extract to what is published, each step explained."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.defs import build_definitions
from dagster_project.defs.attainment import attainment_months
from dagster_project.defs.column_lineage import column_lineage
from dagster_project.defs.contract import readable_contracts
from dagster_project.defs.transform import Translator
from dagster_project.settings import PROJECT_FOLDER, load_settings
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.manifest import read_manifest
from data_checks import Severity, declared_checks

EXAMPLE = PROJECT_FOLDER / "tests" / "examples" / "history-12"
ATTAINMENT = dg.AssetKey("sla_attainment")
GROUPS = {
    "findings",
    "contract",
    "extracts",
    "raw",
    "staging",
    "intermediate",
    "marts",
    "attainment",
    "decisions",
    "published",
    "review",
}
OWNERS = {"team:marketing", "team:sales", "team:data"}


def settings_of(home: Path, **changed: str) -> dict[str, str]:
    return {
        "SLA_HOME": str(home),
        "SLA_EXTRACTS": str(EXAMPLE / "extracts"),
        "SLA_CONTRACTS": str(EXAMPLE / "contracts"),
        "SLA_SOURCES": str(EXAMPLE / "sources.yml"),
        **changed,
    }


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(load_settings(settings_of(tmp_path_factory.mktemp("home"))))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in definitions.resolve_all_asset_specs()}


def upstream(specs: dict[dg.AssetKey, dg.AssetSpec], key: dg.AssetKey) -> set[dg.AssetKey]:
    """Everything that an asset depends on, near and far."""
    found: set[dg.AssetKey] = set()
    waiting = [key]
    while waiting:
        for dependency in specs[waiting.pop()].deps:
            if dependency.asset_key not in found:
                found.add(dependency.asset_key)
                waiting.append(dependency.asset_key)
    return found


def test_the_workspace_is_valid(tmp_path: Path) -> None:
    result = subprocess.run(
        [Path(sys.executable).parent / "dagster", "definitions", "validate", "-w", "workspace.yaml"],
        cwd=PROJECT_FOLDER,
        env={**os.environ, **settings_of(tmp_path), "DAGSTER_DISABLE_TELEMETRY": "yes"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_definitions_load_without_what_only_a_run_needs(tmp_path: Path) -> None:
    """Every process of a deployment loads them, and each run another time."""
    script = (
        "import sys, dagster_project.definitions; "
        "heavy = ('pandas', 'sqlalchemy', 'great_expectations', 'altair', 'apprise', 'holidays', 'dlt'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT_FOLDER,
        env={**os.environ, "SLA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.splitlines()[-1] == "[]"


def test_the_groups_are_named_as_the_folders(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    assert {spec.group_name for spec in specs.values()} == GROUPS


def test_every_asset_is_in_the_lineage_of_what_is_published(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    # Nothing that is only depended on, without being an asset of its own.
    assert all(dependency.asset_key in specs for spec in specs.values() for dependency in spec.deps)
    leading_there = upstream(specs, dg.AssetKey("published"))
    assert {
        key for key, spec in specs.items() if spec.group_name in ("extracts", "raw", "marts")
    } <= leading_there


def test_one_lineage_leads_from_the_contract_and_every_extract_to_the_attainment(
    specs: dict[dg.AssetKey, dg.AssetSpec],
) -> None:
    leading_there = upstream(specs, ATTAINMENT)
    extracts = {key for key, spec in specs.items() if spec.group_name == "extracts"}
    assert (
        len(extracts) == 1 + 2 * 10
    )  # sources.yml, and two sources with the ten objects of the standard family
    assert extracts <= leading_there
    assert dg.AssetKey(["contract", "contract_versions"]) in leading_there
    assert dg.AssetKey(["contract", "business_intervals"]) in leading_there


def test_every_asset_is_described_owned_and_of_a_kind(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    assert {key.to_user_string() for key, spec in specs.items() if not spec.description} == set()
    assert {key.to_user_string() for key, spec in specs.items() if not set(spec.owners) & OWNERS} == set()
    assert {key.to_user_string() for key, spec in specs.items() if not spec.kinds} == set()


def test_every_asset_shows_its_columns(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    def columns(spec: dg.AssetSpec) -> list[dg.TableColumn]:
        schema = spec.metadata.get("dagster/column_schema")
        found = getattr(schema, "schema", schema)
        return list(found.columns) if found else []

    assert {key.to_user_string() for key, spec in specs.items() if not columns(spec)} == set()


def test_the_models_of_each_folder_are_in_its_group(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    for group in ("staging", "intermediate", "marts"):
        assert {key.path[0] for key, spec in specs.items() if spec.group_name == group} == {group}


def checks_of(definitions: dg.Definitions) -> dict[str, dg.AssetCheckSpec]:
    graph = definitions.resolve_asset_graph()
    return {key.name: graph.get_check_spec(key) for key in graph.asset_check_keys}


def test_every_data_check_is_an_asset_check_and_blocks_as_an_error(definitions: dg.Definitions) -> None:
    specs = checks_of(definitions)
    declared = {check.check_id: check for check in declared_checks()}
    assert set(declared) <= set(specs)
    assert {name: specs[name].blocking for name in declared} == {
        name: check.severity is Severity.ERROR for name, check in declared.items()
    }
    assert all(specs[name].description == check.meaning for name, check in declared.items())
    keys = {spec.key for spec in definitions.resolve_all_asset_specs()}
    assert {spec.asset_key for spec in specs.values()} <= keys


def test_the_columns_of_every_mart_lead_to_assets_before_it(
    specs: dict[dg.AssetKey, dg.AssetSpec], tmp_path: Path
) -> None:
    manifest = read_manifest(compiled_manifest(PROJECT_FOLDER / "dbt"))
    lineages = {
        node["name"]: column_lineage(tmp_path, manifest, unique_id, Translator().get_asset_key).deps_by_column
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
    assert all(lineages.values())
    unknown = {
        (mart, column, dependency.asset_key)
        for mart, columns in lineages.items()
        for column, dependencies in columns.items()
        for dependency in dependencies
        if dependency.asset_key not in specs
    }
    assert unknown == set()
    # through CTEs and joins: a rep is the CRM's user
    assert lineages["dim_reps"]["rep_id"] == [
        dg.TableColumnDep(dg.AssetKey(["staging", "stg_users"]), "user_id")
    ]


def test_dbt_tests_are_asset_checks_that_block(definitions: dg.Definitions) -> None:
    others = {check.check_id for check in declared_checks()}
    specs = [spec for name, spec in checks_of(definitions).items() if name not in others]
    assert len(specs) > 50
    assert all(spec.blocking for spec in specs)


def test_the_attainment_is_partitioned_by_month_and_one_run_takes_any_number(
    definitions: dg.Definitions,
) -> None:
    node = definitions.resolve_asset_graph().get(ATTAINMENT)
    assert isinstance(node.partitions_def, dg.MonthlyPartitionsDefinition)
    assert node.backfill_policy == dg.BackfillPolicy.single_run()


def test_contracts_and_sources_that_cannot_be_read_do_not_stop_the_definitions_from_loading(
    tmp_path: Path,
) -> None:
    (tmp_path / "sources.yml").write_text("sources: {marketing: {family: abacus}}\n")
    changed = settings_of(
        tmp_path, SLA_SOURCES=str(tmp_path / "sources.yml"), SLA_CONTRACTS=str(tmp_path / "none")
    )
    loaded = build_definitions(load_settings(changed))
    keys = {spec.key for spec in loaded.resolve_all_asset_specs()}
    assert ATTAINMENT in keys
    assert dg.AssetKey(["extracts", "sources"]) in keys


# ---------------------------------------------------------------- the months


def history(folder: Path, first_month: str, *extract_dates: str) -> dict[str, str]:
    """Settings whose contract begins in a month and whose landing folder has a file of each date."""
    contract = next((EXAMPLE / "contracts").glob("*.yml")).read_text()
    (folder / "contracts").mkdir(parents=True)
    lines = [
        f"effective_from: {first_month}-01" if line.startswith("effective_from:") else line
        for line in contract.splitlines()
    ]
    (folder / "contracts" / "v1.yml").write_text("\n".join(lines))
    landing = folder / "extracts" / "crm" / "leads"
    landing.mkdir(parents=True)
    for extract_date in extract_dates:
        (landing / f"{extract_date}.csv").write_text("lead_id\n")
    return {
        "SLA_HOME": str(folder / "home"),
        "SLA_CONTRACTS": str(folder / "contracts"),
        "SLA_EXTRACTS": str(folder / "extracts"),
    }


def months(folder: Path, today: date, first_month: str, *extract_dates: str) -> list[str]:
    settings = load_settings(history(folder, first_month, *extract_dates))
    # Seen from a fixed day, as the partitions are counted from the day they are asked on.
    partitions = attainment_months(settings, readable_contracts(settings), today)
    return list(partitions.get_partition_keys(current_time=_noon(today)))


def _noon(day: date):  # type: ignore[no-untyped-def]
    from datetime import UTC, datetime

    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_the_months_begin_with_the_first_signed_version_and_reach_the_current_one(tmp_path: Path) -> None:
    assert months(tmp_path, date(2026, 3, 20), "2026-01", "2026-03-19") == ["2026-01", "2026-02", "2026-03"]


def test_the_current_month_is_there_before_its_first_extract(tmp_path: Path) -> None:
    assert months(tmp_path, date(2026, 3, 2), "2026-01", "2026-02-15") == ["2026-01", "2026-02", "2026-03"]


def test_extracts_of_days_to_come_have_their_months(tmp_path: Path) -> None:
    assert months(tmp_path, date(2026, 1, 10), "2026-01", "2026-03-31") == [
        "2026-01",
        "2026-02",
        "2026-03",
        # complete through the end of 31 March somewhere is 1 April elsewhere
        "2026-04",
    ]


def test_an_archive_ends_with_its_last_month(tmp_path: Path) -> None:
    assert months(tmp_path, date(2026, 11, 23), "2011-10", "2011-12-15") == ["2011-10", "2011-11", "2011-12"]


def test_a_contract_that_begins_later_than_today_has_its_first_month(tmp_path: Path) -> None:
    assert months(tmp_path, date(2026, 3, 20), "2026-06") == ["2026-06"]
