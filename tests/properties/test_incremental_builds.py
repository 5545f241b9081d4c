"""A build that begins with a former one is, row for row, what a build from nothing is.

Generated histories come day by day: with merges, deletions, late and corrected deliveries, re-deliveries, other
contracts and other settings. Some days run with every test run, `make test-incremental` runs a hundred.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from shutil import rmtree

import duckdb
import pytest

from dagster_project.contract import ContractErrors
from dagster_project.extracts import IncompleteExtracts
from dagster_project.warehouse import extract_tables
from dagster_project.warehouse.inputs import BuildInputsError
from tests.pipeline import Result, build
from tests.properties.unfolding import Unfolding

DAYS = int(os.environ.get("INCREMENTAL_DAYS", "3"))
DAYS_OF_A_HISTORY = 11
FIRST_SEED = int(os.environ.get("INCREMENTAL_SEED", "4"))

# They differ by what they are.
OF_ONE_BUILD = {
    ("raw", "former_fingerprints"),
    ("intermediate", "int_affected_people"),
}
# Workings hold the affected people's rows only; those without a person hold what these people's rows ask for.
OF_PEOPLE = "person_id in (select person_id from made.intermediate.int_affected_people)"
OF_CYCLES = f"cycle_key in (select cycle_key from made.intermediate.int_cycles where {OF_PEOPLE})"
WORKINGS = {
    "int_person_touches": OF_CYCLES,
    "int_person_attributes": OF_PEOPLE,
    "int_person_fit": OF_PEOPLE,
    "int_engagement_changes": OF_CYCLES,
    "int_scores": OF_CYCLES,
}
ASKED_FOR = {"int_attribute_matches", "int_touch_rules"}


@dataclass(frozen=True)
class Day:
    """A day's build that began with the day before's, and the same from nothing; how many people there are, and how
    many of them were affected."""

    name: str
    differences: dict[str, str]
    people: int
    affected: int


def days_of(folder: Path, seed: int, days: int) -> Iterator[Day]:
    """Of the last `days` of a generated history those on which something can be built, but for the first of them."""
    unfolding = Unfolding(folder, seed)
    former: Path | None = None
    for number, day in enumerate(unfolding.days(days)):
        file = folder / f"{number:03d}.duckdb"
        try:
            whole = build(unfolding.now, folder / "home")
        except (BuildInputsError, ContractErrors, IncompleteExtracts):
            continue
        made = build(unfolding.now, folder / "home", file=file, former=former)
        made.connection.close()
        found = differences(whole, file)
        with duckdb.connect(file, read_only=True) as connection:
            ((people, affected),) = connection.execute(
                """
                select
                    (select count(*) from intermediate.int_person_fingerprints),
                    (select count(*) from intermediate.int_affected_people)
                """
            ).fetchall()
        whole.connection.close()
        if former is not None:
            former.unlink()
            yield Day(f"seed {seed}, {day}", found, people, affected)
        former = file


def differences(whole: Result, file: Path) -> dict[str, str]:
    """The tables of a build from nothing that are otherwise in a file, and how."""
    connection = whole.connection
    connection.execute(f"attach '{file}' as made (read_only)")
    found = {}
    for schema, table in _tables(connection, "warehouse"):
        if (schema, table) in OF_ONE_BUILD:
            continue
        here, there = f"warehouse.{schema}.{table}", f"made.{schema}.{table}"
        if table in WORKINGS:
            here = f"(from {here} where {WORKINGS[table]})"
        missing, extra = (
            connection.execute(f"select count(*) from (from {one} except all from {other})").fetchall()[0][0]
            for one, other in ((here, there), (there, here))
        )
        if extra or (missing and table not in ASKED_FOR):
            found[f"{schema}.{table}"] = f"{missing} rows missing, {extra} too many"
    assert set(_tables(connection, "warehouse")) == set(_tables(connection, "made")) | {
        ("marts", "sla_attainment")
    }
    connection.execute("detach made")
    return found


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = connection.execute(
        """
        select schema_name, table_name from duckdb_tables() where database_name = $database
        union all
        select schema_name, view_name from duckdb_views() where database_name = $database and not internal
        order by all
        """,
        {"database": database},
    ).fetchall()
    return [row for row in rows if row[0] != "extracts"]


def all_days(folder: Path) -> Iterator[Day]:
    """The days of one history after another."""
    for seed in count(FIRST_SEED):
        yield from days_of(folder / str(seed), seed, DAYS_OF_A_HISTORY)
        rmtree(folder / str(seed))


def test_a_day_after_another_is_built_as_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract_tables, "MANY_FILES", 3)  # so that most objects are tables, whose rows stay
    days = list(islice(all_days(tmp_path), DAYS))
    assert {day.name: day.differences for day in days if day.differences} == {}
    # or nothing was tried: there are days on which some are affected, and not all
    assert any(0 < day.affected < day.people for day in days)
