"""The sign that a run lives: it goes with its process, in order or not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.defs.automation import bury_the_dead
from dagster_project.settings import Settings, load_settings
from dagster_project.warehouse.locking import has_ended, signs_of_runs

LIVE = """
import sys
from pathlib import Path
from dagster_project.warehouse.locking import show_presence
show_presence(Path(sys.argv[1]), sys.argv[2])
print("here", flush=True)
if sys.stdin.readline() == "again\\n":
    show_presence(Path(sys.argv[1]), sys.argv[2])
    print("here again", flush=True)
    sys.stdin.read()
"""
RUN, OTHER = "11111111-run", "22222222-run"


@contextmanager
def a_process(folder: Path, run_id: str) -> Iterator[subprocess.Popen[str]]:
    """A process that shows the run's presence, and ends in order when its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", LIVE, str(folder), run_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        yield process
    finally:
        if process.poll() is None:
            process.communicate()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, tmp_path)


def test_a_run_lives_until_its_process_ends_in_order(tmp_path: Path) -> None:
    with a_process(tmp_path / "living", RUN):
        (sign,) = signs_of_runs(tmp_path / "living")
        assert sign.name == RUN
        assert not has_ended(sign)
    assert has_ended(sign)


def test_a_run_whose_process_was_killed_has_ended(tmp_path: Path) -> None:
    with a_process(tmp_path / "living", RUN) as process:
        process.kill()
    assert has_ended(tmp_path / "living" / RUN)


def test_a_sign_that_is_shown_twice_is_one_sign(tmp_path: Path) -> None:
    """The command shows it, and so do the resources of the run that it starts."""
    with a_process(tmp_path / "living", RUN) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("again\n")
        process.stdin.flush()
        assert process.stdout.readline() == "here again\n"
        (sign,) = signs_of_runs(tmp_path / "living")
        assert not has_ended(sign)
        process.kill()
    assert has_ended(sign)


def test_a_sign_that_was_begun_and_is_not_held_yet_is_none(tmp_path: Path) -> None:
    (tmp_path / f".{RUN}").touch()
    assert signs_of_runs(tmp_path) == []


def test_a_sign_that_is_gone_tells_of_no_end(tmp_path: Path) -> None:
    assert not has_ended(tmp_path / "living" / RUN)


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.FAILURE),
        (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE),
        (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELING),
        (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.FAILURE),
        (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.SUCCESS),
    ],
)
def test_a_killed_run_is_called_failed_unless_it_had_its_last_word(
    settings: Settings, said: dg.DagsterRunStatus, becomes: dg.DagsterRunStatus
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_run(dg.DagsterRun(job_name="refresh", run_id=RUN, status=said))
        instance.add_run(dg.DagsterRun(job_name="refresh", run_id=OTHER, status=dg.DagsterRunStatus.STARTED))
        with a_process(settings.living_runs, OTHER), a_process(settings.living_runs, RUN) as process:
            process.kill()
            process.wait()
            bury_the_dead(instance, settings)
            after = {run.run_id: run.status for run in instance.get_runs()}
            left = [path.name for path in settings.living_runs.iterdir()]
    assert after == {RUN: becomes, OTHER: dg.DagsterRunStatus.STARTED}
    assert left == [OTHER]
