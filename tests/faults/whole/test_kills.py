"""Runs killed at the boundary of each step and at random moments: no row is lost or doubled, what was published stays
readable, and the next run gives the same.

FAULT_KILLS (default 50) random kills, FAULT_SEED apart; kills come in rows of up to three before a run may end.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.faults.runs import Company, Run, boundaries, content, is_readable, run, start, wait_for
from tests.faults.whole.conftest import SEED

KILLS = int(os.environ.get("FAULT_KILLS", "50"))
MOST_IN_A_ROW = 3

Kill = Callable[[Run, Path], None]


def killed_in_a_row(company: Company, home: Path, folder: Path, kills: Sequence[Kill]) -> int:
    """Kill runs over a home one after the other, then let one end; how many were at work when they were killed.

    A home without a publication may have none after a kill either; what there is can be read and is the undisturbed
    run's.
    """
    at_work = 0
    for number, kill in enumerate(kills):
        started = start(company.settings(home), folder / f"{home.name}_{number}.txt")
        kill(started, home)
        at_work += started.kill()
        if (home / "published" / "warehouse.duckdb").exists():
            assert is_readable(home)
    ended = run(company.settings(home), folder / f"{home.name}.txt")
    assert ended.ended() == 0, ended.output
    assert content(home) == company.content
    return at_work


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


def at_boundary(boundary: str) -> Kill:
    return lambda started, home: wait_for(started, home, lambda log: boundary in boundaries(log))


def after(seconds: float) -> Kill:
    return lambda started, _home: started.process.join(seconds)


def test_kills_at_the_boundary_of_every_step(company: Company, tmp_path: Path) -> None:
    every = boundaries(company.log)
    assert {"raw - STEP_START", "transform - STEP_SUCCESS", "published - STEP_SUCCESS"} <= set(every)
    at_work = 0
    for place in range(0, len(every), MOST_IN_A_ROW):
        kind = ("new", "unread", "published")[place // MOST_IN_A_ROW % 3]
        home = a_home_of(company, tmp_path, kind)
        kills = [at_boundary(boundary) for boundary in every[place : place + MOST_IN_A_ROW]]
        at_work += killed_in_a_row(company, home, tmp_path, kills)
        shutil.rmtree(home)
    # Only the very last moments may be over before the kill arrives.
    assert at_work >= len(every) - 2


@pytest.mark.parametrize("kind", ["new", "unread", "published"])
def test_kills_at_random_moments(company: Company, tmp_path: Path, kind: str) -> None:
    draws = random.Random(f"{SEED} {kind}")
    at_work = 0
    while at_work < KILLS / 3:
        home = a_home_of(company, tmp_path, kind)
        in_a_row = draws.randint(1, MOST_IN_A_ROW)
        kills = [after(draws.random() * company.seconds) for _ in range(in_a_row)]
        at_work += killed_in_a_row(company, home, tmp_path, kills)
        shutil.rmtree(home)
