"""One good warehouse for all tests of the checks, and copies of it to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from data_checks import ALL_SUITES, CheckResult, CheckSettings, Suite, run_checks
from tests.unit.data_checks.company import make_company

# The day after the last complete one.
NOW = datetime(2026, 3, 2, 8)

Results = dict[str, CheckResult]
Run = Callable[..., Results]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which every check passes; not to be written to."""
    path = tmp_path_factory.mktemp("company") / "warehouse.duckdb"
    make_company(path)
    return path


@pytest.fixture
def run(company: Path, tmp_path: Path) -> Run:
    """Break a copy of the company's warehouse by SQL, run suites over it, and give the results by check id."""

    def broken_and_checked(
        sql: str = "", suites: Sequence[Suite] = ALL_SUITES, settings: CheckSettings | None = None
    ) -> Results:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(company, path)
        if sql:
            with duckdb.connect(path) as connection:
                connection.execute(sql)
        results = run_checks(path, suites, settings or CheckSettings(now=NOW))
        return {result.check_id: result for result in results}

    return broken_and_checked
