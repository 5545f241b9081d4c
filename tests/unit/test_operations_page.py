"""What docs/operations.md tells to type does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import KNOWN, PROJECT_FOLDER

PAGE = (PROJECT_FOLDER / "docs" / "operations.md").read_text(encoding="utf-8")
PUBLISHED = "/data/home/published/warehouse.duckdb"


@pytest.fixture
def locked(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A connection after the page's statements for analysts, over a file as it is published."""
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(warehouse) as connection:
        connection.execute("create schema marts; create table marts.sla_attainment as select 'met' as status")
    (statements,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert PUBLISHED in statements
    connection = duckdb.connect()
    connection.execute(statements.replace(PUBLISHED, str(warehouse)))
    return connection


def test_analysts_read_what_is_published(locked: duckdb.DuckDBPyConnection) -> None:
    assert locked.execute("select status from agreement.marts.sla_attainment").fetchall() == [("met",)]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('/etc/hostname')",
        "copy (select 1) to '/tmp/written_by_an_analyst.csv'",
        "attach '/tmp/another.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
        "set memory_limit = '1GB'",
        "create table agreement.marts.mine as select 1",
    ],
)
def test_analysts_reach_nothing_else_and_change_nothing(
    locked: duckdb.DuckDBPyConnection, statement: str
) -> None:
    with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException)):
        locked.execute(statement)


def test_every_setting_of_running_it_is_one_that_is_known() -> None:
    named = set(re.findall(r"SLA_[A-Z]+(?:_[A-Z]+)*", PAGE.replace("SLA_ALERTS_…", "")))
    assert named <= set(KNOWN)
    assert {name for name in KNOWN if name.startswith("SLA_ALERTS_")} <= named
