"""A whole run that is killed, and one that is started twice: the next begins with what is left, and ends as it should.

One of each, and one that is killed before its first step: `make test-faults` has many more (tests/faults/whole).
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from unittest.mock import patch

from dagster_project.defs import resources
from tests.faults.runs import (
    PROCESSES,
    Run,
    a_history,
    run,
    run_here,
    said_by_the_next,
    start,
    statuses,
    wait_for_boundary,
)
from tests.integration.command_line import history_settings, published_rows


def test_after_a_killed_run_one_of_two_at_once_publishes_and_the_other_says_who_does(tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = history_settings(a_history(tmp_path / "history"), home)
    killed = start(settings, tmp_path / "killed.txt")
    wait_for_boundary(killed, home, "raw_checks - STEP_START")
    assert killed.kill()
    assert not (home / "published").exists()

    first = start(settings, tmp_path / "first.txt")
    wait_for_boundary(first, home, "raw - STEP_SUCCESS")
    second = run(settings, tmp_path / "second.txt")
    assert second.ended() == 1
    assert "Another run is building" in second.output
    assert f"process {first.process.pid} on" in second.output
    assert first.ended() == 0, first.output

    assert statuses(home) == ["FAILURE", "SUCCESS", "FAILURE"]
    # Both people became MQLs, once each; and there is the one row that can't be used.
    assert published_rows(home, "select person_id from marts.fct_mqls order by all") == [("ana",), ("luis",)]
    assert published_rows(home, "select object, rows from marts.quarantine_summary") == [("touches", 1)]


def dies_before_its_steps(settings: dict[str, str], printed: str) -> None:
    """A run that is killed where its resources would begin, which is after Dagster has called it started."""
    with patch.object(resources, "show_presence", lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
        run_here(settings, printed)


def has_a_dbt_that_is_killed(settings: dict[str, str], printed: str) -> None:
    """A run whose dbt is killed as the kernel does for want of memory."""
    folder = Path(printed).parent
    (folder / "dbt").write_text("#!/bin/sh\nkill -9 $$\n", encoding="utf-8")
    (folder / "dbt").chmod(0o755)
    with patch.object(sys, "executable", str(folder / "python")):
        run_here(settings, printed)


def test_a_dbt_that_is_killed_for_want_of_memory_is_told_as_that(tmp_path: Path) -> None:
    home, printed = tmp_path / "home", tmp_path / "printed.txt"
    settings = history_settings(a_history(tmp_path / "history"), home)
    without_memory = Run(
        PROCESSES.Process(target=has_a_dbt_that_is_killed, args=(settings, str(printed))), printed
    )
    without_memory.process.start()

    assert without_memory.ended() == 1
    assert "The memory did not suffice: dbt was killed" in without_memory.output
    assert "give the run more memory and start it again" in without_memory.output
    assert not (home / "published").exists()


def test_a_run_that_is_killed_before_its_first_step_is_called_failed_by_the_next(tmp_path: Path) -> None:
    home, printed = tmp_path / "home", tmp_path / "printed.txt"
    settings = history_settings(a_history(tmp_path / "history"), home)
    killed = Run(PROCESSES.Process(target=dies_before_its_steps, args=(settings, str(printed))), printed)
    killed.process.start()
    assert killed.ended() == -signal.SIGKILL, killed.output
    assert statuses(home) == ["STARTED"]
    assert said_by_the_next(settings) == ["FAILURE"]
