"""What the Dagster UI shows of the extracts: rows, quarantined share, freshness, and the days that are missing."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest
import yaml

from dagster_project.defs import build_definitions
from dagster_project.defs.automation import REFRESH
from dagster_project.settings import load_settings
from tests.scenarios.history import a_contract

TOUCHES = "touch_id,contact_id,occurred_at,touch_type\n"
USERS = "user_id,department\n"
KEY_TOUCHES = dg.AssetKey(["extracts", "crm", "touches"])
KEY_LEADS = dg.AssetKey(["extracts", "crm", "leads"])
KEY_AS_OF = dg.AssetKey(["raw", "as_of"])


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[dg.AssetKey, dict[str, Any]]:
    """Metadata by asset, after a run of the extracts and of what a build begins with; the data checks then refuse it.

    Touches come daily: the 8th and 9th of January are missing, the 11th is refused, and one row of four is bad.
    """
    folder = tmp_path_factory.mktemp("company")
    (folder / "sources.yml").write_text(
        "sources:\n  crm: {family: standard, currency: MXN, required: [touches]}\n"
    )
    (folder / "contracts").mkdir()
    (folder / "contracts" / "v1.yml").write_text(yaml.safe_dump(a_contract()))
    touches = folder / "extracts" / "crm" / "touches"
    touches.mkdir(parents=True)
    for day in ("06", "07", "10"):
        (touches / f"2026-01-{day}.csv").write_text(TOUCHES + f"t{day},k1,2026-01-{day},other\n")
    (touches / "2026-01-07.b.csv").write_text(TOUCHES + "t9,k1,never,other\n")
    (touches / "2026-01-11.csv").write_text("")
    settings = load_settings(
        {
            "SLA_HOME": str(folder / "home"),
            "SLA_EXTRACTS": str(folder / "extracts"),
            "SLA_SOURCES": str(folder / "sources.yml"),
            "SLA_CONTRACTS": str(folder / "contracts"),
        }
    )
    definitions = build_definitions(settings)
    specs = definitions.resolve_all_asset_specs()
    selection = [spec.key for spec in specs if spec.group_name in ("contract", "extracts", "raw")]
    with dg.DagsterInstance.ephemeral() as instance:
        result = definitions.resolve_job_def(REFRESH).execute_in_process(
            instance=instance, asset_selection=selection, raise_on_error=False
        )
    return {
        event.asset_key: {
            name: value.value
            for name, value in event.step_materialization_data.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }


def test_every_extract_shows_its_rows_and_quarantined_share(
    shown: dict[dg.AssetKey, dict[str, Any]],
) -> None:
    touches = shown[KEY_TOUCHES]
    assert (touches["dagster/row_count"], touches["rows_in_quarantine"], touches["quarantined_share"]) == (
        3,
        1,
        0.25,
    )
    assert (touches["files_read_in_this_run"], touches["rows_accepted_in_this_run"]) == (5, 3)


def test_every_extract_shows_how_fresh_it_is(shown: dict[dg.AssetKey, dict[str, Any]]) -> None:
    assert shown[KEY_TOUCHES]["latest_extract_date"] == "2026-01-10"
    assert shown[KEY_TOUCHES]["last_delivered_at"] > 1_700_000_000
    assert "latest_extract_date" not in shown[KEY_LEADS]  # never delivered


def test_missing_days_are_named_on_the_extract_and_where_everything_is_stated_as_of(
    shown: dict[dg.AssetKey, dict[str, Any]],
) -> None:
    missing = "2026-01-08 to 2026-01-09, 2026-01-11"
    assert shown[KEY_TOUCHES]["missing_days"] == missing
    assert shown[KEY_LEADS]["missing_days"] == "none"
    (record,) = shown[KEY_AS_OF]["required_objects"].records
    assert record.data == {
        "object": "crm/touches",
        "complete_through": "2026-01-08 00:00:00 UTC",
        "waits_for": "2026-01-08",
        "missing_days": missing,
    }


def test_a_refused_file_is_named_on_its_extract_with_the_reason(
    shown: dict[dg.AssetKey, dict[str, Any]],
) -> None:
    assert shown[KEY_TOUCHES]["refused_files"] == 1
    (record,) = shown[KEY_TOUCHES]["refused"].records
    assert record.data["file"] == "2026-01-11.csv"
    assert "the file is empty" in str(record.data["reason"])
