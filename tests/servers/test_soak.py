"""A company's days, one delivery a day, under the daemon, with the accidents of real life thrown in.

`SOAK_DAYS` (default 10) and `SOAK_SEED` (default 1) say how long and which; after `SOAK_MINUTES` (default 180) no
further day is begun, what was reached is compared, and the test fails saying how far it came. The accidents: every
process is killed in the middle of a run; every process is stopped in order and started again; a file is delivered
damaged, and whole with the next day's; a whole day comes with the next one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb
import pytest

from dagster_project.demo import Shape, simulate, write_extracts
from dagster_project.extracts import read_ledger
from dagster_project.warehouse.locking import signs_of_runs
from tests.integration.command_line import command
from tests.published import HISTORY, published_content
from tests.servers.processes import PROJECT, Deployment, database_mb, wait_for

DAYS = int(os.environ.get("SOAK_DAYS", "10"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
LONGEST_SECONDS = 60 * float(os.environ.get("SOAK_MINUTES", "180"))
PATIENCE_SECONDS = 1200.0
PEOPLE_A_MONTH = 120
# The company begins with what it has of so many days, as one does; then each day brings its own.
FIRST_DAYS = 14
SHAPE = Shape("standard")
KEPT_RUNS = 5
ACCIDENTS = (KILLED, RESTARTED, DAMAGED_FILE, LATE) = (
    "killed in a run",
    "restarted",
    "a damaged file",
    "a late day",
)
# One day in eight has an accident, and each kind comes at least once.
USUAL_SHARE = 1 / 8
# A kill strikes so many seconds after the run's beginning at most.
LATEST_KILL_SECONDS = 15.0
DAMAGED = b"\x1f\x8b\x08\x00not a gzip file"
# What the servers and Dagster's storage take at the end, beside what they took when they had settled.
GROWTH = 1.5
SETTLED_DAYS = KEPT_RUNS + 2
# What is kept of each publication, in megabytes: its figures and which deliveries came or went, a small file each.
PUBLICATION_MB = 0.04
# And of each delivery: its line in the ledger and its copy beside the archive, a small file each.
DELIVERY_MB = 0.012


@dataclass
class Figures:
    """What was measured, a value a day: seconds until the day was published (waiting for a free processor included),
    resident memory of the code server and the daemon, size of Dagster's database. Sizes of the homes in megabytes."""

    days: int
    seed: int
    days_passed: int = 0
    accidents: dict[str, int] = field(default_factory=dict)
    publications: int = 0
    seconds: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    database_mb: list[float] = field(default_factory=list)
    home_mb: dict[str, float] = field(default_factory=dict)
    undisturbed_home_mb: dict[str, float] = field(default_factory=dict)
    is_identical: bool | None = None

    def keep(self) -> None:
        """Write them where SOAK_RESULTS says, after every day: a soak that is cut short tells how far it came."""
        if results := os.environ.get("SOAK_RESULTS"):
            Path(results).parent.mkdir(parents=True, exist_ok=True)
            Path(results).write_text(json.dumps(vars(self), indent=1) + "\n", encoding="utf-8")


@pytest.fixture
def days(tmp_path: Path) -> list[list[Path]]:
    """The files of each delivery, in a folder beside the landing folder: the first days', then a day's each."""
    months = -(-(FIRST_DAYS + DAYS) // 28)
    write_extracts(simulate(SEED, PEOPLE_A_MONTH * months, months=months), tmp_path / "all", shape=SHAPE)
    by_day: dict[str, list[Path]] = {}
    for path in sorted((tmp_path / "all").rglob("*.csv")):
        by_day.setdefault(path.name[:10], []).append(path)
    dated = [files for _, files in sorted(by_day.items())]
    first = [path for files in dated[:FIRST_DAYS] for path in files]
    return [first, *dated[FIRST_DAYS : FIRST_DAYS + DAYS - 1]]


@pytest.fixture
def deployment(tmp_path: Path, postgres_port: int) -> Iterator[Deployment]:
    folder = tmp_path / "deployment"
    (tmp_path / "extracts").mkdir()
    folder.mkdir()
    deployed = Deployment(
        folder,
        postgres_port,
        {
            "SLA_HOME": str(tmp_path / "home"),
            "SLA_EXTRACTS": str(tmp_path / "extracts"),
            "SLA_CONTRACTS": str(PROJECT / "contracts"),
            "SLA_SOURCES": str(SHAPE.sources_file),
            "SLA_EMAIL_KEY": "of this test",
            "SLA_LOOK_SECONDS": "5",
            "SLA_KEEP_RUNS": str(KEPT_RUNS),
        },
    )
    yield deployed
    deployed.kill()


def plan(rng: random.Random, days: int) -> dict[int, str]:
    """Which day has which accident. The first day has none; the last one has nothing that a later day makes good."""
    number = min(max(len(ACCIDENTS), round(days * USUAL_SHARE)), days - 2)
    struck = rng.sample(range(1, days - 1), number)
    return {day: ACCIDENTS[place % len(ACCIDENTS)] for place, day in enumerate(struck)}


@dataclass
class Landing:
    """The landing folder, and how many files each day has brought."""

    folder: Path
    origin: Path
    delivered: int = 0
    waiting: list[Path] = field(default_factory=list)

    def deliver(self, files: list[Path], accident: str | None, rng: random.Random) -> int:
        """A day's files, after what an earlier day owes. Returns how many deliveries there have been."""
        if accident == LATE:
            self.waiting += files
            return self.delivered
        files, self.waiting = [*self.waiting, *files], []
        struck = rng.choice(files) if accident == DAMAGED_FILE else None
        for path in files:
            self._put(path, DAMAGED if path == struck else path.read_bytes())
        if struck is not None:
            self.waiting = [struck]
        return self.delivered

    def _put(self, path: Path, content: bytes) -> None:
        target = self.folder / path.relative_to(self.origin)
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}")
        unfinished.write_bytes(content)
        unfinished.rename(target)
        self.delivered += 1


def test_many_days_with_accidents_end_like_one_undisturbed_run(
    deployment: Deployment, days: list[list[Path]], tmp_path: Path
) -> None:
    rng = random.Random(SEED)
    accidents = plan(rng, len(days))
    figures = Figures(len(days), SEED)
    home = tmp_path / "home"
    living = home / "dagster" / "living"
    landing = Landing(tmp_path / "extracts", tmp_path / "all")
    due: list[int] = []  # by day, how many deliveries there have been with it
    published = Published(home)
    deployment.start("code", "daemon")
    end_at = time.monotonic() + LONGEST_SECONDS

    def may_deliver(day: int) -> bool:
        """A day that makes good what the one before it owes comes in any case."""
        return day < len(days) and (time.monotonic() < end_at or bool(landing.waiting))

    def deliver(day: int) -> None:
        due.append(landing.deliver(days[day], accidents.get(day), rng))

    for day in range(len(days)):
        signs = set(signs_of_runs(living))
        if len(due) == day:
            if not may_deliver(day):
                break
            deliver(day)
        accident = accidents.get(day)
        told = f"day {day} ({accident or 'nothing'}): "
        began = time.monotonic()
        if accident == KILLED:
            # The sign of the run before it may still be there: its process ends a little after it has published.
            wait_for(f"{told}its run is at work", partial(is_any_but, living, signs), PATIENCE_SECONDS)
            time.sleep(rng.uniform(0, LATEST_KILL_SECONDS))
            deployment.kill()
            assert not published.knows(due[day]), f"{told}the run was at its end already"
            deployment.start("code", "daemon")
        elif accident == RESTARTED:
            deployment.stop()
            deployment.start("code", "daemon")
        elif accident is None and day + 1 not in accidents and may_deliver(day + 1):
            # The next day's files come while the run is at work.
            wait_for(f"{told}all is read", lambda: read_ledger(home).num_rows >= due[-1], PATIENCE_SECONDS)
            deliver(day + 1)
        wait_for(f"{told}all is published", partial(published.knows, due[day]), PATIENCE_SECONDS)
        figures.accidents[accident or "none"] = figures.accidents.get(accident or "none", 0) + 1
        figures.days_passed = day + 1
        figures.seconds.append(round(time.monotonic() - began, 1))
        figures.memory_mb.append(deployment.memory_mb())
        figures.database_mb.append(database_mb(deployment.postgres_port))
        figures.keep()
    deployment.kill()

    undisturbed = tmp_path / "undisturbed"
    shutil.rmtree(landing.folder)
    whole = Landing(landing.folder, landing.origin)
    whole.deliver([path for files in days[: figures.days_passed] for path in files], None, rng)
    assert command("run", {**deployment.settings, "SLA_HOME": str(undisturbed)}).status == 0
    told_of_damage = {"extract_ledger", "data_quality"}
    leaving_out = frozenset(HISTORY | told_of_damage)
    figures.is_identical = published_content(home, leaving_out) == published_content(undisturbed, leaving_out)
    figures.home_mb, figures.undisturbed_home_mb = sizes_mb(home), sizes_mb(undisturbed)
    figures.publications = len(list((home / "history" / "publications").iterdir()))
    figures.keep()

    assert figures.is_identical
    assert in_force(home) == in_force(undisturbed)
    if len(days) > SETTLED_DAYS:
        for measured in (figures.memory_mb, figures.database_mb):
            assert max(measured[SETTLED_DAYS:]) < GROWTH * max(measured[:SETTLED_DAYS])
    lines_mb = DELIVERY_MB * landing.delivered
    for folder, more_mb in (
        ("archive", lines_mb),
        ("ledger", lines_mb),
        ("raw", 0),
        ("quarantine", 0),
        ("build", figures.undisturbed_home_mb["build"]),  # the former build lies beside the latest
        ("published", 0),
    ):
        assert figures.home_mb[folder] < GROWTH * figures.undisturbed_home_mb[folder] + more_mb + 1, folder
    assert (
        figures.home_mb["history"]
        < figures.undisturbed_home_mb["history"] + PUBLICATION_MB * figures.publications
    )
    assert figures.days_passed == len(days), f"only {figures.days_passed} days in the time given"


def is_any_but(living: Path, signs: set[Path]) -> bool:
    """Whether a run has shown itself since these signs."""
    return bool(set(signs_of_runs(living)) - signs)


class Published:
    """The published file, which is opened only once it is another one."""

    def __init__(self, home: Path) -> None:
        self._warehouse = home / "published" / "warehouse.duckdb"
        self._stamp = (0, 0)
        self._deliveries = 0

    def knows(self, deliveries: int) -> bool:
        """Whether the published ledger knows so many deliveries of files."""
        if not self._warehouse.exists():
            return False
        status = self._warehouse.stat()
        if self._stamp != (status.st_ino, status.st_mtime_ns):
            self._stamp = (status.st_ino, status.st_mtime_ns)
            with duckdb.connect(self._warehouse, read_only=True) as connection:
                ((count,),) = connection.execute("select count(*) from marts.extract_ledger").fetchall()
            self._deliveries = int(count)
        return self._deliveries >= deliveries


def in_force(home: Path) -> set[tuple[str, str, str, str]]:
    """What the figures rest on: place and content of every file that is in force."""
    return {
        (row["source"], row["object"], row["file_name"], row["sha256"])
        for row in read_ledger(home).to_pylist()
        if row["is_in_force"]
    }


def sizes_mb(home: Path) -> dict[str, float]:
    """The size of each folder of a home, as the disk has it."""
    return {
        folder.name: round(
            sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 1e6, 2
        )
        for folder in sorted(home.iterdir())
        if folder.is_dir()
    }
