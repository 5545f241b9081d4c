"""Files that are damaged or cut, and checks that fail in the middle: noticed, never published, and mended by a run."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dagster_project.defs.automation import all_months
from dagster_project.settings import load_settings
from dagster_project.warehouse.former import FINISHED_FILE_NAME
from data_checks import GATES, void_results
from tests.faults.runs import NO_FILE, Company, content, failures, materialize, run, settings_of, statuses
from tests.faults.whole.conftest import SEED

FLIPS = 6
PUBLISHED = dg.AssetSelection.assets("published").without_checks()
TOUCHES_CHECKS = dg.AssetSelection.checks(
    dg.AssetCheckKey(dg.AssetKey(["staging", "stg_touches"]), "every_record_of_touches_counts_once")
)
# All that comes after the checks of what came in, without them.
THE_REST = dg.AssetSelection.all() - dg.AssetSelection.groups("pull", "contract", "extracts", "raw")
# A process that ends as if it had been killed, with the rows of a table only in the write-ahead log.
ROWS_IN_THE_WAL = """
import os, sys
import duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("set checkpoint_threshold = '1TB'")
connection.execute("create temp table kept as from staging.stg_touches")
connection.execute("delete from staging.stg_touches")
connection.execute("checkpoint")
connection.execute("insert into staging.stg_touches from kept")
os._exit(0)
"""


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def test_a_flipped_bit_of_the_build_is_never_published(
    company: Company, a_home: Callable[[str], Path]
) -> None:
    """Wherever it is: either publishing fails and says so, or the bit meant nothing."""
    draws = random.Random(SEED)
    home = a_home("flipped")
    warehouse = home / "build" / "warehouse.duckdb"
    whole = warehouse.read_bytes()
    noticed = 0
    for _ in range(FLIPS):
        warehouse.write_bytes(whole)
        flip(warehouse, draws.randrange(len(whole) * 8))
        result = materialize(company.settings(home), PUBLISHED)
        assert content(home) == company.content
        if not result.success:
            noticed += 1
            assert all(told.strip() for told in failures(result))
    assert noticed > 0
    # The same command builds it anew, whatever the file has become.
    warehouse.write_bytes(b"no database" * 1000)
    (home / "build" / "warehouse.duckdb.wal").write_bytes(b"no log either")
    ended = run(company.settings(home), home / "printed.txt")
    assert ended.ended() == 0, ended.output
    assert content(home) == company.content


def flip_a_bit(warehouse: Path) -> None:
    flip(warehouse, random.Random(SEED).randrange(warehouse.stat().st_size * 8))


def lose_rows_that_stay(warehouse: Path) -> None:
    """Half of the rows that the next build would keep of people of whom nothing new is known."""
    with duckdb.connect(warehouse) as connection:
        connection.execute("delete from intermediate.int_qualifications where hash(person_id) % 2 = 0")
        assert connection.execute("select count(*) from intermediate.int_qualifications").fetchall() != [(0,)]


@pytest.mark.parametrize("damage", [flip_a_bit, lose_rows_that_stay])
def test_a_former_build_that_is_no_longer_what_was_published_is_not_begun_with(
    company: Company, a_home: Callable[[str], Path], damage: Callable[[Path], None]
) -> None:
    home = a_home(damage.__name__)
    warehouse = home / "build" / "warehouse.duckdb"
    assert warehouse.with_name(FINISHED_FILE_NAME).exists()
    damage(warehouse)
    for number in ("first", "second"):  # the second begins with what the first made
        ended = run(company.settings(home), home / f"{number}.txt")
        assert ended.ended() == 0, ended.output
        assert content(home) == company.content


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_rows_lost_with_the_write_ahead_log_are_noticed_before_anything_is_published(
    company: Company, a_home: Callable[[str], Path], damage: str
) -> None:
    home = a_home(damage)
    warehouse = home / "build" / "warehouse.duckdb"
    void_results(warehouse, GATES["marts"])  # as every step does before it writes
    subprocess.run([sys.executable, "-c", ROWS_IN_THE_WAL, str(warehouse)], check=True)
    log = warehouse.with_name("warehouse.duckdb.wal")
    if damage == "cut":
        os.truncate(log, log.stat().st_size // 2)
    else:
        flip(log, log.stat().st_size * 4)
    checked = materialize(company.settings(home), TOUCHES_CHECKS)
    assert not checked.success
    (told,) = failures(checked)
    assert "every_record_of_touches_counts_once" in told or "damaged" in told or "can't be opened" in told
    published = materialize(company.settings(home), PUBLISHED)
    assert not published.success
    assert content(home) == company.content


def test_a_check_that_fails_in_the_middle_is_not_published_over_by_a_later_run_of_the_rest(
    company: Company, tmp_path: Path, a_home: Callable[[str], Path]
) -> None:
    """Half of a new file can't be used: the run stops after reading; then somebody starts all that comes after."""
    history, home = tmp_path / "history", a_home("blocked")
    shutil.copytree(company.history, history)
    sources = history / "sources.yml"
    sources.write_text(
        sources.read_text().replace("max_quarantined_share: 1.0", "max_quarantined_share: 0.1")
    )
    settings = settings_of(history, home)
    late = history / "extracts" / "company" / "touches" / "2026-03-30.csv"
    late.write_text("touch_id,contact_id,occurred_at,touch_type\nx1,ana,never,page_view\n")
    blocked = run(settings, tmp_path / "blocked.txt")
    assert blocked.ended() == 1
    assert "quarantine_is_within_what_the_source_allows" in blocked.output
    assert "What was published before" in blocked.output
    assert content(home) == company.content
    result = materialize(settings, THE_REST, **all_months(load_settings(settings, env_file=NO_FILE)))
    assert not result.success
    assert any(told.startswith("Nothing is published") for told in failures(result))
    assert content(home) == company.content
    late.write_text("touch_id,contact_id,occurred_at,touch_type\n")
    corrected = run(settings, tmp_path / "corrected.txt")
    assert corrected.ended() == 0, corrected.output
    assert statuses(home) == ["SUCCESS", "FAILURE", "SUCCESS"]
    assert without_deliveries(content(home)) == without_deliveries(company.content)


def without_deliveries(tables: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the figures are, not what was delivered for them and when it was published."""
    told_of_deliveries = ("extract_ledger", "data_quality", "publications")
    return {name: rows for name, rows in tables.items() if name not in told_of_deliveries}
