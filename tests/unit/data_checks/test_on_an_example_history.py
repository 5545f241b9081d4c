"""The checks know the tables that the models really make: over an example history each can be made, and none blocks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from data_checks import GATES, CheckResult, CheckSettings, run_checks
from tests.pipeline import build

HISTORY = Path(__file__).parents[2] / "examples" / "history-12"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[CheckResult]:
    home = tmp_path_factory.mktemp("home")
    built = build(HISTORY, home)
    warehouse = home / "warehouse.duckdb"
    built.connection.execute(f"attach '{warehouse}' as kept (block_size 16384)")
    built.connection.execute("copy from database warehouse to kept")
    built.connection.execute("detach kept")
    # The history has rows for the quarantine on purpose, more than a real source may.
    settings = CheckSettings(
        now=built.complete_through + timedelta(days=1), quarantine_limits={"marketing": 1, "crm": 1}
    )
    # Findings are gathered by a step that comes later.
    before = [suite for gate, suites in GATES.items() if gate != "findings" for suite in suites]
    return run_checks(warehouse, before, settings)


def test_every_check_can_be_made(results: list[CheckResult]) -> None:
    assert [(result.check_id, result.problem) for result in results if result.problem] == []


def test_nothing_blocks(results: list[CheckResult]) -> None:
    assert [result.sentence for result in results if result.is_blocking] == []
