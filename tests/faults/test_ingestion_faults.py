"""Ingestion that is killed, finds no room, may not write, or runs twice at once: what was delivered isn't lost, nothing
half is in place, and one clean run gives the tables of an undisturbed one.

The kills come at seeded random moments: FAULT_KILLS of them, FAULT_SEED apart.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dagster_project.extracts import ingest as ingest_module
from tests.faults.landing import (
    FILES_AT_ONCE,
    deliver_first,
    deliver_second,
    ingest_all,
    leftovers_of,
    problems_of,
    tables,
)
from tests.faults.namespaces import mount_namespace
from tests.unit.extracts.deliveries import Deliveries

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("FAULT_KILLS", "2"))
SEED = int(os.environ.get("FAULT_SEED", "20260105"))
KILLS_IN_A_ROW = 3


class Landing(NamedTuple):
    """`folder`: extracts of both stages, and a home in which the first was ingested. `tables`: of an undisturbed run.
    `seconds`: how long it took.
    """

    folder: Path
    tables: dict[str, Any]
    seconds: float


def start(folder: Path) -> subprocess.Popen[str]:
    """A process that ingests the folder's objects as soon as it is told to."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.landing", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    folder = tmp_path_factory.mktemp("landing") / "template"
    crm = Deliveries(folder)
    deliver_first(crm, SEED)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ingest_module, "FILES_AT_ONCE", FILES_AT_ONCE)
        ingest_all(crm, "run-1")
    deliver_second(crm, SEED)
    undisturbed = home_of(folder, folder.parent / "undisturbed")
    process = start(undisturbed.home.parent)
    began = time.monotonic()
    tell(process)
    assert process.wait(timeout=120) == 0
    return Landing(folder, tables(undisturbed), time.monotonic() - began)


def home_of(template: Path, folder: Path) -> Deliveries:
    """The template's home in a folder of its own; the landing folder is one, since ingestion only reads it."""
    folder.mkdir()
    shutil.copytree(template / "home", folder / "home")
    (folder / "extracts").symlink_to(template / "extracts")
    return Deliveries(folder)


def test_an_undisturbed_run_finds_what_the_second_stage_holds(landing: Landing) -> None:
    """15 days of touches, of which the 3rd is refused, the 4th repeated and the last five are in two parts:
    deliveries 10 + 2 corrected + 1 repeated + 5 × 2 = 23; in force 9 + 10 files, each with 2 bad rows."""
    ledger = landing.tables["touches in the ledger"]
    outcomes = [row["outcome"] for row in ledger]
    assert {each: outcomes.count(each) for each in set(outcomes)} == {
        "accepted": 19,
        "superseded": 2,
        "refused": 1,
        "repeated": 1,
    }
    assert len(landing.tables["touches in quarantine"]) == 19 * 2
    assert all(int(row["rows_duplicate"]) >= 1 for row in ledger if row["outcome"] == "accepted")


def test_kills_at_random_moments_lose_nothing(landing: Landing, tmp_path: Path) -> None:
    """Up to three kills in a row in one home, then a clean run; homes until there were as many kills as asked for."""
    draws = random.Random(SEED)
    kills = homes = 0
    while kills < KILLS:
        homes += 1
        assert homes < 20 + 5 * KILLS, "hardly any process was killed before it had finished"
        crm = home_of(landing.folder, tmp_path / str(homes))
        for _ in range(draws.randint(1, KILLS_IN_A_ROW)):
            kills += was_killed(crm.home.parent, draws.random() * landing.seconds)
            assert problems_of(crm.home) == []
        ingest_all(crm, "run-clean")
        assert tables(crm) == landing.tables
        assert leftovers_of(crm.home) == []
        assert problems_of(crm.home) == []
        shutil.rmtree(crm.home)


def was_killed(folder: Path, after_seconds: float) -> bool:
    """Kill an ingesting process after a while; whether it hadn't finished by then."""
    process = start(folder)
    tell(process)
    time.sleep(after_seconds)
    process.kill()
    said, _ = process.communicate(timeout=120)
    return said != "done\n"


def test_two_processes_at_once_give_the_tables_of_one(landing: Landing, tmp_path: Path) -> None:
    crm = home_of(landing.folder, tmp_path / "both")
    both = [start(crm.home.parent) for _ in range(2)]
    for process in both:
        tell(process)
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert tables(crm) == landing.tables
    assert leftovers_of(crm.home) == []


# ---- disks without room, and such as can't be written to


@pytest.fixture(scope="module")
def in_namespace() -> Callable[[str, Path, Path], dict[str, Any]]:
    """Run a function of `small_disk` in a mount namespace of its own."""
    command = mount_namespace()

    def run(what: str, template: Path, folder: Path) -> dict[str, Any]:
        ended = subprocess.run(
            [*command, sys.executable, "-m", "tests.faults.small_disk", what, str(template), str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        found: dict[str, Any] = json.loads(ended.stdout)
        return found

    return run


def test_a_full_disk_stops_ingestion_with_a_clear_error_and_leaves_nothing_half(
    landing: Landing, tmp_path: Path, in_namespace: Callable[[str, Path, Path], dict[str, Any]]
) -> None:
    """The home's disk has room for 64 kB more at each attempt, so that the room ends at one step after another."""
    found = in_namespace("grow", landing.folder, tmp_path)
    errors = found["errors"]
    assert len(errors) >= 5
    assert [error for error in errors if "No space left on device" not in error["message"]] == []
    assert [error for error in errors if not error["is_os_error"] or error["problems"]] == []
    assert found["tables"] == landing.tables
    assert found["leftovers"] == []


def test_a_home_that_cannot_be_written_to_is_an_error_and_stays_as_it_was(
    landing: Landing, tmp_path: Path, in_namespace: Callable[[str, Path, Path], dict[str, Any]]
) -> None:
    found = in_namespace("read_only", landing.folder, tmp_path)
    (error,) = found["errors"]
    assert error["is_os_error"]
    assert "Read-only file system" in error["message"]
    assert "home" in error["message"]
    assert error["problems"] == []
    assert found["unchanged"]
    assert found["tables"] == landing.tables
