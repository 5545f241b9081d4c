"""A disk without room, a home that can't be written to, too little memory, and readers while a run publishes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.namespaces import mount_namespace
from tests.faults.runs import (
    Company,
    assert_it_is_said_what_happened,
    content,
    is_readable,
    run,
    start,
    statuses,
    wait_for_boundary,
)
from tests.faults.test_ingestion_faults import ROOT

MEGABYTE = 1024 * 1024
SPARE_MEMORY = (40 * MEGABYTE, 160 * MEGABYTE, 640 * MEGABYTE)
NOBODY = 65534
# Root without its privileges may do what any user may: another user's files are closed to it as they are to anybody.
WITHOUT_PRIVILEGES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
READ_ONLY = 'mount --bind -o ro "$0" "$0" && exec "$@"'
# Who isn't root can't give a home away; they have mounts of their own where user namespaces are allowed.
HOMES_NOT_TO_BE_WRITTEN = (
    *(("somebody else's", "somebody else's, not to be looked into") if os.geteuid() == 0 else ()),
    "on a disk to be read only",
)


def test_readers_find_a_whole_publication_at_every_moment_of_a_run(
    company: Company, tmp_path: Path, a_home: Callable[[str], Path]
) -> None:
    home = a_home("read")
    started = start(company.settings(home), tmp_path / "printed.txt")
    looks = 0
    while started.process.is_alive():
        assert is_readable(home)
        looks += 1
        time.sleep(0.2)
    assert started.ended() == 0, started.output
    assert looks > 10
    assert content(home) == company.content
    assert statuses(home) == ["SUCCESS", "SUCCESS"]


def test_of_two_runs_at_once_the_second_names_the_first_and_publishes_nothing(
    company: Company, tmp_path: Path, a_home: Callable[[str], Path]
) -> None:
    home = a_home("home")
    first = start(company.settings(home), tmp_path / "first.txt")
    wait_for_boundary(first, home, "raw - STEP_SUCCESS")
    second = run(company.settings(home), tmp_path / "second.txt")
    assert second.ended() == 1
    assert "Another run is building" in second.output
    assert f"process {first.process.pid} on" in second.output
    assert content(home) == company.content
    assert first.ended() == 0, first.output
    assert content(home) == company.content
    assert statuses(home) == ["FAILURE", "SUCCESS", "SUCCESS"]


@pytest.mark.parametrize("spare", SPARE_MEMORY)
def test_a_run_without_memory_says_so_or_dies_and_the_next_gives_the_same(
    company: Company, tmp_path: Path, a_home: Callable[[str], Path], spare: int
) -> None:
    home = a_home("home")
    starved = start(company.settings(home), tmp_path / "starved.txt", spare_memory=spare)
    status = starved.ended()
    assert status != 0, starved.output
    # The loader of libraries ends a process with 127 when it has no memory for one.
    assert status < 0 or status == 127 or "Failed." in starved.output
    assert content(home) == company.content
    ended = run(company.settings(home), tmp_path / "clean.txt")
    assert ended.ended() == 0, ended.output
    assert content(home) == company.content
    assert_it_is_said_what_happened(home, killed=1)


@pytest.mark.parametrize("whose", HOMES_NOT_TO_BE_WRITTEN)
def test_a_home_that_cannot_be_written_to_is_said_in_a_sentence_and_stays_as_it_was(
    company: Company, tmp_path: Path, whose: str
) -> None:
    """Somebody else's, whether or not one may look into the folder in which it lies; or on a disk to be read only."""
    (tmp_path / "of").mkdir()
    home = shutil.copytree(company.home, tmp_path / "of" / "home")
    before = sorted(str(path) for path in home.rglob("*"))
    if whose == "on a disk to be read only":
        denied = everything(company.settings(home), *mount_namespace(), "sh", "-c", READ_ONLY, str(home))
    else:
        for path in (home.parent, home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        home.parent.chmod(0o755 if whose == "somebody else's" else 0o700)
        denied = everything(company.settings(home), *WITHOUT_PRIVILEGES)
    assert denied.returncode == 1, denied.stdout + denied.stderr
    assert "Permission denied" in denied.stdout or "Read-only file system" in denied.stdout
    assert "may it be written to?" in denied.stdout
    assert "Traceback" not in denied.stdout + denied.stderr
    assert sorted(str(path) for path in home.rglob("*")) == before
    assert content(home) == company.content


def everything(settings: dict[str, str], *by: str) -> subprocess.CompletedProcess[str]:
    """A run of everything as somebody gives it on the command line, by way of another command."""
    return subprocess.run(
        [*by, sys.executable, "-m", "dagster_project", "run"],
        cwd=ROOT,
        env={**os.environ, **settings, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_a_full_disk_stops_a_run_with_a_clear_error_and_the_publication_stays(
    company: Company, tmp_path: Path
) -> None:
    """The home's disk has ever more room left, so that it ends at one step after another, until a run comes to its
    end."""
    ended = subprocess.run(
        [
            *mount_namespace(),
            sys.executable,
            "-m",
            "tests.faults.whole.small_disk",
            str(company.history),
            str(company.home),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    assert len(found["attempts"]) >= 3
    for attempt in found["attempts"]:
        assert attempt["status"] == 1
        assert "room" in attempt["output"] or "space" in attempt["output"], attempt["output"]
        assert attempt["content"] == company.content
        # With room again, the next command puts right what there was no room to say.
        assert set(attempt["said"]) <= {"SUCCESS", "FAILURE"}
    assert found["content"] == company.content
