"""What runs publish one after the other: a history that is only added to, restatements with their causes, time travel.

A company is run at the end of January; then at the end of February, when a form that was sent in January comes to be
known and the disk has spoilt what had been read of January's touches; then as of the end of January, when of all that
was written but `archive/`, `history/` and what is published nothing is left.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.integration.command_line import Ran, command, history_settings, published_rows
from tests.scenarios.history import History, a_contract
from tests.scenarios.publishing import Company

CONTRACT = a_contract(
    commitments=[
        {"id": "volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 2},
        {"id": "leads", "owner": "marketing", "metric": "leads_created", "at_least": 2},
    ]
)
PROVENANCE = {"published_at", "old_published_at", "ingested_at", "delivered_at", "run_id"}

Tables = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Runs:
    """How each run ended, and what was published by then (without provenance); `kept` is all of `history/`."""

    home: Path
    first: Ran
    published_first: Tables
    kept_first: dict[str, bytes]
    second: Ran
    kept_second: dict[str, bytes]
    as_of: Ran
    published_as_of: Tables
    files_before_as_of: dict[str, bytes]
    files_after_as_of: dict[str, bytes]


def tell(through: str) -> History:
    """Ana and Bea are handed off in January; of Bea's form it is only known in February."""
    history = History(CONTRACT, through=through)
    history.mql("ana", "2026-01-13 10:00", "2026-01-13 11:00").calls("2026-01-13 12:00")
    history.person("bea").lead("2026-01-13 10:00", owner_id="rosa")
    if through > "2026-01-31":
        history.people["bea"].touch("2026-01-20 10:00")
    return history


def published_tables(place: Path) -> Tables:
    """Every published table, its rows in order, without provenance."""
    with duckdb.connect(place / "published" / "warehouse.duckdb", read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns = connection.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns() "
            "where schema_name = 'marts' group by table_name"
        ).fetchall()
        return {
            table: connection.execute(
                f"select {', '.join(name for name in names if name not in PROVENANCE)} from marts.{table} order by all"
            ).fetchall()
            for table, names in columns
        }


def files(*folders: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    company = Company(tmp_path_factory.mktemp("company"))
    home, kept = company.home, company.history
    settings = history_settings(company.folder, home)

    company.deliver(tell("2026-01-31"))
    first = command("run", settings)
    published_first, kept_first = published_tables(home), files(kept)

    company.deliver(tell("2026-02-28"))
    spoilt = next((home / "raw").rglob("touches/*/*.parquet"))
    spoilt.write_bytes(spoilt.read_bytes()[:100])
    second = command("run", settings)
    kept_second = files(kept)

    for place in home.iterdir():
        if place.name not in ("archive", "history", "published"):
            shutil.rmtree(place)
    before = files(kept, home / "published")
    as_of = command("run", {**settings, "SLA_AS_OF": "2026-01-31"})
    return Runs(
        home,
        first,
        published_first,
        kept_first,
        second,
        kept_second,
        as_of,
        published_tables(home / "as_of" / "2026-01-31"),
        before,
        files(kept, home / "published"),
    )


def test_each_published_change_is_one_row_of_the_history(runs: Runs) -> None:
    assert (runs.first.status, runs.second.status) == (0, 0), runs.first.output + runs.second.output
    rows = published_rows(
        runs.home,
        "select strftime(period, '%Y-%m'), commitment_id, actual, status from marts.sla_attainment_history "
        "order by published_at, period, commitment_id",
    )
    assert rows == [
        # the first run: one of two was handed off
        ("2026-01", "leads", 0, "missed"),
        ("2026-01", "volume", 1, "missed"),
        # the second: January's volume is another, its leads are not; February is stated for the first time
        ("2026-01", "volume", 2, "met"),
        ("2026-02", "leads", 0, "missed"),
        ("2026-02", "volume", 0, "missed"),
    ]


def test_a_changed_final_figure_is_a_restatement_with_its_cause_and_records(runs: Runs) -> None:
    assert runs.published_first["sla_restatements"] == []
    rows = published_rows(
        runs.home,
        "select strftime(period, '%Y-%m'), commitment_id, old_actual, new_actual, old_status, new_status, cause, "
        "records from marts.sla_restatements",
    )
    assert rows == [("2026-01", "volume", 1, 2, "missed", "met", "late record", "touches touch-0002")]
    records = "select cause, object, record_id, change from marts.sla_restatement_records"
    assert published_rows(runs.home, records) == [("late record", "touches", "touch-0002", "new")]
    assert "restated: volume of 2026-01, missed before, met now (late record)" in runs.second.output


def test_a_damaged_raw_file_is_made_again_before_anything_is_read_and_told_of(runs: Runs) -> None:
    assert "/touches wasn't what had been written: raw/" in runs.second.output


def test_each_publication_says_which_it_is_and_as_of_when(runs: Runs) -> None:
    rows = published_rows(
        runs.home, "select publication, strftime(complete_through, '%Y-%m-%d') from marts.publications"
    )
    assert rows == [(1, "2026-02-01"), (2, "2026-03-01")]


def test_the_history_is_only_added_to(runs: Runs) -> None:
    assert runs.kept_first.items() <= runs.kept_second.items()


def test_an_as_of_run_made_later_and_from_the_archive_agrees_in_every_table_with_the_run_made_then(
    runs: Runs,
) -> None:
    assert runs.as_of.status == 0, runs.as_of.output
    assert set(runs.published_as_of) == set(runs.published_first)
    for table, rows in runs.published_first.items():
        assert runs.published_as_of[table] == rows, table


def test_an_as_of_run_touches_neither_what_is_published_nor_the_history(runs: Runs) -> None:
    assert runs.files_after_as_of == runs.files_before_as_of
