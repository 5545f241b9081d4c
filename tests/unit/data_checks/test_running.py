"""How checks run: in the database, leaving nothing open and nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from data_checks import ALL_SUITES, GATES, ChecksCannotRunError, CheckSettings, duckdb_dialect, run_checks
from data_checks.marts.mqls import FCT_MQLS
from data_checks.raw.activities import ACTIVITIES
from data_checks.raw.touches import TOUCHES
from data_checks.runner import NOT_TEXT
from tests.unit.data_checks.company import make_company
from tests.unit.data_checks.conftest import NOW

PROJECT = Path(__file__).parents[3]


def test_listing_the_checks_imports_nothing_heavy() -> None:
    script = (
        "import sys, data_checks; data_checks.declared_checks(); "
        "heavy = ('great_expectations', 'sqlalchemy', 'pandas', 'jinja2', 'dagster'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_a_run_writes_no_file_and_says_nothing(company: Path, tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from datetime import datetime; from pathlib import Path\n"
        "from data_checks import GATES, CheckSettings, run_checks\n"
        "results = run_checks(Path(sys.argv[2]), GATES['raw'][:2], CheckSettings(now=datetime(2026, 3, 2)))\n"
        "assert all(result.passed for result in results)\n"
    )
    home, temporary, work = tmp_path / "home", tmp_path / "temporary", tmp_path / "work"
    for folder in (home, temporary, work):
        folder.mkdir()
    found = subprocess.run(
        [sys.executable, "-c", script, str(PROJECT), str(company)],
        cwd=work,
        env={**os.environ, "HOME": str(home), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert [path for folder in (home, temporary, work) for path in folder.rglob("*")] == []
    assert [path.name for path in company.parent.iterdir()] == [company.name]


def test_the_file_can_be_written_as_soon_as_the_checks_are_done(company: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(company.read_bytes())
    run_checks(path, GATES["raw"][:1], CheckSettings(now=NOW))
    with duckdb.connect(path) as connection:
        connection.execute("create table raw.written_afterwards as select 1 as one")


def test_a_folder_of_any_name_will_do(tmp_path: Path) -> None:
    path = tmp_path / "año 100% ${HOME} #1?" / "it's.duckdb"
    path.parent.mkdir()
    make_company(tmp_path / "plain.duckdb")
    (tmp_path / "plain.duckdb").rename(path)
    assert all(result.passed for result in run_checks(path, GATES["raw"][:1], CheckSettings(now=NOW)))


def test_a_memory_limit_is_kept(company: Path) -> None:
    results = run_checks(company, GATES["raw"][:1], CheckSettings(now=NOW, memory_limit="200MB"))
    assert all(result.passed for result in results)


def test_a_missing_or_damaged_warehouse_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with pytest.raises(ChecksCannotRunError, match="isn't there, so nothing could be checked"):
        run_checks(path, GATES["raw"], CheckSettings(now=NOW))
    path.write_bytes(b"no warehouse at all" * 1000)
    with pytest.raises(ChecksCannotRunError, match="can't be opened, so nothing could be checked"):
        run_checks(path, GATES["raw"], CheckSettings(now=NOW))


def test_conditions_on_the_rows_of_a_table_are_counted_in_one_pass(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import Engine, event

    statements: list[str] = []

    def remember(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", remember)
    try:
        run_checks(company, [ACTIVITIES], CheckSettings(now=NOW))
    finally:
        event.remove(Engine, "before_cursor_execute", remember)
    # However many checks the suite has.
    assert len([statement for statement in statements if "raw.standard_activities" in statement]) == 1


def test_nothing_but_counts_and_samples_leaves_the_database(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rows a table has: of each statement come a row per check, a table's columns or a short sample."""
    taken: list[int] = []

    def counting(cursor: Any, initial_buffer: list[Any]) -> object:
        taken.append(len(initial_buffer))
        return FullyBufferedCursorFetchStrategy(cursor, initial_buffer=initial_buffer)

    monkeypatch.setattr(duckdb_dialect, "FullyBufferedCursorFetchStrategy", counting)
    run_checks(company, [TOUCHES], CheckSettings(now=NOW))
    with duckdb.connect(company, read_only=True) as connection:
        ((rows,), (text_columns,)) = connection.execute(
            "select count(*) from raw.standard_touches union all "
            "select count(*) from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    assert len(taken) > 1
    assert max(taken) <= text_columns < rows


def test_results_come_in_the_order_of_the_suites(company: Path) -> None:
    suites = [FCT_MQLS, ACTIVITIES]
    results = run_checks(company, suites, CheckSettings(now=NOW))
    assert [result.check_id for result in results] == [check.id for suite in suites for check in suite.checks]


def test_no_suite_runs_twice_under_one_name() -> None:
    assert len({suite.name for suite in ALL_SUITES}) == len(ALL_SUITES)


@pytest.mark.parametrize(
    "data_type", ["INTEGER", "UBIGINT", "HUGEINT", "DECIMAL(38,12)", "TIMESTAMP WITH TIME ZONE", "DATE"]
)
def test_numbers_and_times_hold_no_text(data_type: str) -> None:
    assert NOT_TEXT.fullmatch(data_type)


@pytest.mark.parametrize(
    "data_type", ["VARCHAR", "VARCHAR[]", "BLOB", "JSON", "STRUCT(a INTEGER, b VARCHAR)", "DATE[]"]
)
def test_everything_else_may_hold_text(data_type: str) -> None:
    assert not NOT_TEXT.fullmatch(data_type)
