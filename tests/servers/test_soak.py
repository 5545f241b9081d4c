"""A company's days, one delivery a day, under the daemon, with the accidents of real life thrown in.

`SOAK_DAYS` (default 10) and `SOAK_SEED` (default 1) say how long and which. The accidents: every process is killed in
the middle of a run, or between two; a file is delivered damaged and then whole; a file comes a day late.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from dagster_project.demo import Shape, simulate, write_extracts
from tests.integration.command_line import command
from tests.published import published_content
from tests.servers.processes import PROJECT, Deployment, descendants, wait_for

DAYS = int(os.environ.get("SOAK_DAYS", "10"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
PEOPLE = 400
SHAPE = Shape("standard")
ACCIDENTS = ("killed in a run", "killed between runs", "a damaged file", "a late file")
# One day in three has an accident, and each kind comes at least once.
USUAL_SHARE = 1 / 3
DAMAGED = b"\x1f\x8b\x08\x00not a gzip file"
GROWTH = 1.5


@dataclass
class Figures:
    """What was measured: seconds from a delivery to its publication, memory of the servers, the home's size."""

    days: int
    seed: int
    accidents: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    home_mb: dict[str, float] = field(default_factory=dict)
    undisturbed_home_mb: dict[str, float] = field(default_factory=dict)


@pytest.fixture
def days(tmp_path: Path) -> list[list[Path]]:
    """The company's files by day, in a folder beside the landing folder."""
    months = max(1, -(-DAYS // 28))
    write_extracts(simulate(SEED, PEOPLE, months=months), tmp_path / "all", shape=SHAPE)
    by_day: dict[str, list[Path]] = {}
    for path in sorted((tmp_path / "all").rglob("*.csv")):
        by_day.setdefault(path.name[:10], []).append(path)
    return [files for _, files in sorted(by_day.items())][:DAYS]


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
        },
    )
    yield deployed
    deployed.kill()


def plan(rng: random.Random, days: int) -> dict[int, str]:
    """Which day has which accident; the first day has none, and the last one no late file."""
    number = max(len(ACCIDENTS), round(days * USUAL_SHARE))
    struck = rng.sample(range(1, days - 1), min(number, days - 2))
    return {day: ACCIDENTS[place % len(ACCIDENTS)] for place, day in enumerate(struck)}


def test_many_days_with_accidents_end_like_one_undisturbed_run(
    deployment: Deployment, days: list[list[Path]], tmp_path: Path
) -> None:
    rng = random.Random(SEED)
    accidents = plan(rng, len(days))
    figures = Figures(len(days), SEED)
    landing, home = tmp_path / "extracts", tmp_path / "home"
    living = home / "dagster" / "living"
    deliveries = 0
    late: list[Path] = []

    def deliver(files: list[Path], content: Callable[[Path], bytes] = Path.read_bytes) -> None:
        nonlocal deliveries
        for path in files:
            target = landing / path.relative_to(tmp_path / "all")
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f".{target.name}")
            unfinished.write_bytes(content(path))
            unfinished.rename(target)
        deliveries += len(files)

    def is_published() -> bool:
        return published_deliveries(home) == deliveries

    deployment.start("code", "daemon")
    for number, files in enumerate(days):
        accident = accidents.get(number)
        figures.accidents[accident or "none"] = figures.accidents.get(accident or "none", 0) + 1
        waiting, late = late, []
        files = [*waiting, *files]
        if accident == "a late file":
            late = [rng.choice(files)]
            files = [path for path in files if path not in late]
        began = time.monotonic()
        if accident == "a damaged file":
            struck = rng.choice(files)
            deliver([struck], lambda _path: DAMAGED)
            wait_for(f"day {number}: the damaged file is refused", is_published)
        deliver(files)
        if accident == "killed in a run":
            wait_for(f"day {number}: a run is at work", lambda: living.is_dir() and any(living.iterdir()))
            time.sleep(rng.uniform(0, 15))
        if accident in ("killed in a run", "killed between runs"):
            deployment.kill()
            deployment.start("code", "daemon")
        wait_for(f"day {number} ({accident or 'nothing'}): all is published", is_published)
        figures.seconds.append(round(time.monotonic() - began, 1))
        figures.memory_mb.append(memory_mb(deployment))
    deployment.kill()

    undisturbed = tmp_path / "undisturbed"
    shutil.rmtree(landing)
    landing.mkdir()
    deliver([path for files in days for path in files])
    assert command("run", {**deployment.settings, "SLA_HOME": str(undisturbed)}).status == 0
    different = frozenset({"extract_ledger", "data_quality"})  # they tell of the damaged files
    assert published_content(home, different) == published_content(undisturbed, different)

    figures.home_mb, figures.undisturbed_home_mb = sizes_mb(home), sizes_mb(undisturbed)
    if results := os.environ.get("SOAK_RESULTS"):
        Path(results).parent.mkdir(parents=True, exist_ok=True)
        Path(results).write_text(json.dumps(vars(figures), indent=1) + "\n", encoding="utf-8")
    assert max(figures.memory_mb[-3:]) < GROWTH * max(figures.memory_mb[:3])
    for folder in ("archive", "raw", "build", "published"):
        assert figures.home_mb[folder] < GROWTH * figures.undisturbed_home_mb[folder] + 1, folder


def published_deliveries(home: Path) -> int:
    """The deliveries of files that the published ledger knows."""
    warehouse = home / "published" / "warehouse.duckdb"
    if not warehouse.exists():
        return 0
    with duckdb.connect(warehouse, read_only=True) as connection:
        ((count,),) = connection.execute("select count(*) from marts.extract_ledger").fetchall()
    return int(count)


def memory_mb(deployment: Deployment) -> float:
    """The resident memory of the servers themselves; what a run takes goes with it."""
    pages = 0
    for process in deployment.processes.values():
        for pid in descendants(process.pid):
            statm = Path(f"/proc/{pid}/statm")
            if statm.exists():
                pages += int(statm.read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def sizes_mb(home: Path) -> dict[str, float]:
    """The size of each folder of a home, as the disk has it."""
    return {
        folder.name: round(
            sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 1e6, 2
        )
        for folder in sorted(home.iterdir())
        if folder.is_dir()
    }
