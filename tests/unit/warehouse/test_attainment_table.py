"""`sla_attainment` in the build: months are replaced whole, and a month that is missing is noticed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from dagster_project.warehouse.attainment_table import missing_months, replace_months

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            """
            create table intermediate.int_commitment_targets as
            select unnest([date '2026-01-01', date '2026-02-01', date '2026-02-01']) as period
            """
        )
    return path


def rows(*values: tuple[date, str]) -> pa.Table:
    return pa.table(
        {
            "period": pa.array([period for period, _ in values], pa.date32()),
            "status": pa.array([status for _, status in values], pa.string()),
        }
    )


def stored(build: Path) -> list[tuple[date, str]]:
    with duckdb.connect(build, read_only=True) as connection:
        return connection.execute("select period, status from marts.sla_attainment order by all").fetchall()


def test_the_asked_for_months_are_replaced_and_the_others_stay(build: Path) -> None:
    replace_months(build, rows((JANUARY, "met"), (FEBRUARY, "at_risk")), {JANUARY, FEBRUARY})
    replace_months(build, rows((FEBRUARY, "missed")), {FEBRUARY})
    assert stored(build) == [(JANUARY, "met"), (FEBRUARY, "missed")]


def test_a_month_without_rows_any_more_is_emptied(build: Path) -> None:
    replace_months(build, rows((JANUARY, "met")), {JANUARY})
    replace_months(build, rows(), {JANUARY})
    assert stored(build) == []


def test_nothing_is_replaced_when_writing_fails(build: Path) -> None:
    replace_months(build, rows((JANUARY, "met")), {JANUARY})
    wrong = pa.table({"period": pa.array([JANUARY]), "colour": pa.array(["blue"])})
    with pytest.raises(duckdb.Error):
        replace_months(build, wrong, {JANUARY})
    assert stored(build) == [(JANUARY, "met")]


def test_months_with_a_target_and_no_row_are_missing(build: Path) -> None:
    assert missing_months(build) == [JANUARY, FEBRUARY]
    replace_months(build, rows((JANUARY, "met")), {JANUARY})
    assert missing_months(build) == [FEBRUARY]
    replace_months(build, rows((FEBRUARY, "met"), (MARCH, "met")), {FEBRUARY, MARCH})
    assert missing_months(build) == []
