"""A whole run that is killed, or started twice: the last publication stays readable, and the next run gives the same.

A sample: `make test-faults` has many more (tests/faults/whole).
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.faults.runs import Company, a_company, content, is_readable, run, start, wait_for

SEED = int(os.environ.get("FAULT_SEED", "20260105"))
KILLS_IN_A_ROW = 2


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return a_company(tmp_path_factory.mktemp("company"))


def test_runs_killed_in_a_row_leave_what_is_published_and_the_next_gives_the_same(
    company: Company, tmp_path: Path
) -> None:
    """Everything that can be made anew is gone, so the killed runs read, build and check; and not yet publish."""
    draws = random.Random(SEED)
    home = tmp_path / "home"
    shutil.copytree(company.home, home)
    for name in ("raw", "ledger", "quarantine"):
        shutil.rmtree(home / name)
    for kill in range(KILLS_IN_A_ROW):
        started = start(company.settings(home), tmp_path / f"killed_{kill}.txt")
        started.process.join(draws.uniform(0.1, 0.9) * company.seconds)
        started.kill()
        assert is_readable(home)
        assert content(home) == company.content
    ended = run(company.settings(home), tmp_path / "clean.txt")
    assert ended.ended() == 0, ended.output
    assert content(home) == company.content


def test_of_two_runs_at_once_the_second_names_the_first_and_publishes_nothing(
    company: Company, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(company.home, home)
    first = start(company.settings(home), tmp_path / "first.txt")
    wait_for(first, home, lambda log: "raw - STEP_START" in log)
    wait_for_lock = home / "build" / ".lock"
    second = run(company.settings(home), tmp_path / "second.txt")
    assert second.ended() == 1
    assert "Another run is building" in second.output
    assert f"process {first.process.pid} on" in second.output
    assert wait_for_lock.exists()
    assert first.ended() == 0, first.output
    assert content(home) == company.content
