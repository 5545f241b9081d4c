"""`make run` on the day after: it begins with the former build, and ends with what a build from nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dagster_project.defs.resources import LOG_BYTES
from tests.integration.command_line import Ran, command, history_settings
from tests.pipeline import build
from tests.scenarios.history import History

# What a build says of itself, and what is made outside the models.
OF_A_RUN = {
    "data_quality", "mql_plan", "mql_plan_history", "publications", "quarantine_summary", "sla_attainment_history",
    "sla_restatement_records", "sla_restatements",
}  # fmt: skip
# Hashed by a key of the home's own.
WITHOUT = {"dim_people": "exclude (email_hash)"}


DBT_LOG = Path("build", "dbt", "dbt.log")


@dataclass(frozen=True)
class SecondDay:
    """The second day's history and home, and how its run ended."""

    history: Path
    home: Path
    ran: Ran


def told(through: str) -> History:
    """Ana and Luis are MQLs of January and February, and Eva does nothing."""
    history = History(through=through)
    history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00").calls("2026-01-12 12:00")
    history.person("luis", on="2026-03-30").touch("2026-02-03 10:00", on="2026-03-30")
    history.person("eva")
    history.person("eve")
    return history


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> SecondDay:
    folder = tmp_path_factory.mktemp("two_days")
    home = folder / "home"
    told("2026-03-30").write(folder / "first")
    assert command("run", history_settings(folder / "first", home)).status == 0
    with (home / DBT_LOG).open("a", encoding="utf-8") as log:
        log.write("x" * LOG_BYTES)  # what a hundred days' runs said
    second = told("2026-03-31")
    second.people["eva"].touch("2026-01-15 10:00")  # late
    second.people["eve"].has("2026-03-31 09:00", merged_into_contact_id="luis")
    second.people["ana"].calls("2026-03-31 10:00")
    second.write(folder / "second")
    ran = command("run", history_settings(folder / "second", home))
    return SecondDay(folder / "second", home, ran)


def test_the_day_after_makes_again_whom_it_affects(day: SecondDay) -> None:
    assert day.ran.status == 0, day.ran.output
    with duckdb.connect(day.home / "build" / "warehouse.duckdb", read_only=True) as connection:
        affected = connection.execute(
            "select person_id from intermediate.int_affected_people order by 1"
        ).fetchall()
        touched = connection.execute(
            """
            select distinct person_id
            from intermediate.int_person_touches
            join intermediate.int_cycles using (cycle_key)
            """
        ).fetchall()
        mqls = connection.execute("select person_id from marts.fct_mqls order by 1").fetchall()
    assert affected == [("eva",), ("eve",), ("luis",)]
    assert sorted(touched) == [("eva",), ("luis",)]
    assert mqls == [("ana",), ("eva",), ("luis",)]


def test_what_is_published_then_is_what_a_build_from_nothing_has(day: SecondDay) -> None:
    whole = build(day.history, day.home).connection
    whole.execute(f"attach '{day.home / 'published' / 'warehouse.duckdb'}' as published (read_only)")
    tables = {
        str(name)
        for (name,) in whole.execute(
            "select table_name from duckdb_tables() where database_name = 'published' and schema_name = 'marts'"
        ).fetchall()
    }
    assert len(tables - OF_A_RUN) > 15
    for table in sorted(tables - OF_A_RUN):
        columns = f"select * {WITHOUT.get(table, '')} from"
        for one, other in (("published", "warehouse"), ("warehouse", "published")):
            query = f"{columns} {one}.marts.{table} except all {columns} {other}.marts.{table}"
            assert whole.execute(query).fetchall() == [], table


def test_what_dbt_logs_is_begun_anew_when_it_has_grown(day: SecondDay) -> None:
    """It keeps five former logs: what lies in `build/` doesn't grow with the number of runs."""
    log = day.home / DBT_LOG
    assert LOG_BYTES < log.with_name("dbt.log.1").stat().st_size < 2 * LOG_BYTES
    assert 0 < log.stat().st_size < LOG_BYTES
