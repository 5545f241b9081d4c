"""Runs killed at the boundary of each step and at random moments: no row is lost or doubled, what was published stays
readable, and the next run gives the same.

FAULT_KILLS (default 50) random kills, FAULT_SEED apart. Runs are killed in a row in one home before one may end: each
begins in what all before it have left.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.runs import (
    Company,
    Moment,
    Run,
    assert_it_is_said_what_happened,
    boundaries,
    content,
    log_of,
    random_moment,
    run,
    start,
    statuses,
    wait_for_boundary,
    wait_for_moment,
)
from tests.faults.whole.conftest import SEED

KILLS = int(os.environ.get("FAULT_KILLS", "50"))
KILLS_IN_A_ROW = 5
HOMES = ("new", "unread", "published")
STEPS_IN_A_ROW = 4
MOST_STEPS = 24

Wait = Callable[[Run, Path], None]


def was_killed(company: Company, home: Path, printed: Path, wait: Wait) -> bool:
    """Start a run over a home and kill it; whether it was still at work.

    A home without a publication may have none after it either; what there is can be read, and is the undisturbed run's.
    """
    started = start(company.settings(home), printed)
    wait(started, home)
    was_at_work = started.kill()
    assert started.process.exitcode == (-signal.SIGKILL if was_at_work else 0), started.output
    log = log_of(started, home)
    has_ended = log is not None and "RUN_SUCCESS" in log.read_text(encoding="utf-8", errors="replace")
    # What it says of itself is what happened: that it has published comes after that.
    assert "Published warehouse" not in started.output or has_ended
    if (home / "published" / "warehouse.duckdb").exists():
        assert content(home) == company.content
    else:
        assert not has_ended
    return was_at_work


def ends_as_undisturbed(company: Company, home: Path, printed: Path) -> None:
    ended = run(company.settings(home), printed)
    assert ended.ended() == 0, ended.output
    assert content(home) == company.content


def a_home_of(company: Company, folder: Path, kind: str) -> Path:
    """`new`: nothing is there yet; `unread`: published, but all that can be made anew is gone; `published`: all is
    there."""
    home = folder / kind
    if kind != "new":
        shutil.copytree(company.home, home)
    if kind == "unread":
        for name in ("raw", "ledger", "quarantine", "build"):
            shutil.rmtree(home / name)
    return home


def at_boundary(boundary: str) -> Wait:
    return lambda started, home: wait_for_boundary(started, home, boundary)


def at_moment(moment: Moment) -> Wait:
    return lambda started, home: wait_for_moment(started, home, moment)


def test_the_steps_are_those_that_are_killed(company: Company) -> None:
    every = boundaries(company.log)
    assert {"raw - STEP_START", "transform - STEP_SUCCESS", "published - STEP_SUCCESS"} <= set(every)
    assert len(every) == 2 * MOST_STEPS


@pytest.mark.parametrize("first", range(0, MOST_STEPS, STEPS_IN_A_ROW))
def test_kills_at_the_boundaries_of_steps(company: Company, tmp_path: Path, first: int) -> None:
    """Of four steps the beginnings and ends, one after the other, in one home."""
    every = boundaries(company.log)[2 * first : 2 * (first + STEPS_IN_A_ROW)]
    home = a_home_of(company, tmp_path, HOMES[first // STEPS_IN_A_ROW % len(HOMES)])
    at_work = sum(
        was_killed(company, home, tmp_path / f"{number}.txt", at_boundary(boundary))
        for number, boundary in enumerate(every)
    )
    # Only the very last moment may be over before the kill arrives.
    is_last = "review - STEP_SUCCESS" in every
    assert at_work >= len(every) - is_last
    ends_as_undisturbed(company, home, tmp_path / "clean.txt")
    assert_it_is_said_what_happened(home, at_work)
    assert statuses(home).count("FAILURE") >= at_work - is_last


@pytest.mark.parametrize("row", range(-(-KILLS // KILLS_IN_A_ROW)))
def test_kills_at_random_moments(company: Company, tmp_path: Path, row: int) -> None:
    """Five runs killed in one home; one that had ended before its moment came is none of them."""
    draws = random.Random(f"{SEED} {row}")
    home = a_home_of(company, tmp_path, HOMES[row % len(HOMES)])
    kills = runs = 0
    while kills < KILLS_IN_A_ROW:
        runs += 1
        assert runs <= 3 * KILLS_IN_A_ROW, "hardly any run was killed before it had ended"
        kills += was_killed(
            company, home, tmp_path / f"{runs}.txt", at_moment(random_moment(company.log, draws))
        )
    ends_as_undisturbed(company, home, tmp_path / "clean.txt")
    assert_it_is_said_what_happened(home, kills)
