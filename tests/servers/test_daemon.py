"""Schedule and sensor under a real daemon, with PostgreSQL behind it, through the death of every process."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.decisions.history import publications
from dagster_project.defs.automation import REFRESH, SCHEDULE, SENSOR
from tests.formats.samples import DAYS, EMAIL_KEY, EXAMPLE, deliver, samples, unpack
from tests.integration.command_line import command, history_settings
from tests.published import published_content
from tests.servers.processes import Deployment, wait_for

MINUTE = 60.0
SUCCESS, FAILURE, STARTED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.STARTED,
)


@contextmanager
def instance_of(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """What the deployment keeps in PostgreSQL, read from outside."""
    for name, value in deployment.environment.items():
        if name.startswith("DAGSTER_"):
            monkeypatch.setenv(name, value)
    with dg.DagsterInstance.from_config(str(deployment.dagster_home)) as instance:
        yield instance


def sensor_runs(instance: dg.DagsterInstance, *statuses: dg.DagsterRunStatus) -> list[dg.DagsterRun]:
    """The runs that the sensor asked for, the latest first, without those that were begun again."""
    filters = dg.RunsFilter(
        job_name=REFRESH, tags={"dagster/sensor_name": SENSOR}, statuses=list(statuses) or None
    )
    return [run for run in instance.get_runs(filters) if "dagster/parent_run_id" not in run.tags]


def status_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def minutes_ticked(instance: dg.DagsterInstance) -> list[float]:
    """The minutes that the schedule ticked for, in seconds since 1970."""
    states = [each for each in instance.all_instigator_state() if each.instigator_name == SCHEDULE]
    return sorted(
        tick.timestamp
        for state in states
        for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)
    )


def looks(instance: dg.DagsterInstance) -> int:
    """How often the sensor has looked at the landing folder."""
    states = [each for each in instance.all_instigator_state() if each.instigator_name == SENSOR]
    return sum(len(instance.get_ticks(state.instigator_origin_id, state.selector_id)) for state in states)


def test_every_delivery_is_run_once_through_the_death_of_every_process(
    deployment: Deployment, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a home that the oldest version left, with all that it had read still in the landing folder."""
    home, landing = Path(deployment.settings["SLA_HOME"]), company / "extracts"
    unpack(samples()[0], home)
    deliver(landing, "", DAYS[-1])
    with instance_of(deployment, monkeypatch) as instance:
        deployment.start("code", "daemon")
        wait_for("the landing folder is looked at", lambda: looks(instance) >= 1)

        # Everything dies while nothing is at work; something is delivered before it comes back.
        deployment.kill()
        deliver(landing, DAYS[-1], "2026-12-30")
        deployment.start("code", "daemon")
        wait_for("the first deliveries are run", lambda: len(sensor_runs(instance, SUCCESS)) == 1)

        # Everything dies in the middle of a run.
        deliver(landing, "2026-12-30", "2026-12-31")
        wait_for("the second run is asked for", lambda: len(sensor_runs(instance)) == 2)
        second = sensor_runs(instance)[0].run_id
        wait_for("the second run is at work", lambda: (home / "dagster" / "living" / second).exists())
        deployment.kill()
        assert status_of(instance, second) is STARTED
        deployment.start("code", "daemon")
        again = dg.RunsFilter(tags={"dagster/parent_run_id": second}, statuses=[SUCCESS])
        wait_for("the killed run is begun again", lambda: bool(instance.get_runs(again)))
        assert status_of(instance, second) is FAILURE
        wait_for("no run is at work any more", lambda: not list((home / "dagster" / "living").iterdir()))
        deployment.kill()

        keys = Counter(run.tags["dagster/run_key"] for run in sensor_runs(instance))
        assert list(keys.values()) == [1, 1]

    undisturbed = tmp_path / "undisturbed"
    assert command("run", history_settings(EXAMPLE, undisturbed, SLA_EMAIL_KEY=EMAIL_KEY)).status == 0
    assert published_content(home) == published_content(undisturbed)
    assert [each.number for each in publications(home / "history")] == [1, 2, 3, 4]


def test_every_minute_ticks_once_through_the_death_of_every_process(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.settings["SLA_SCHEDULE"] = "* * * * *"
    with instance_of(deployment, monkeypatch) as instance:
        deployment.start("code", "daemon")
        wait_for("the schedule has ticked", lambda: len(minutes_ticked(instance)) >= 1)
        deployment.kill()
        # A minute that nothing is alive in is made up for.
        dead_at = time.time()
        wait_for("a minute has begun", lambda: time.time() // MINUTE > dead_at // MINUTE)
        deployment.start("code", "daemon")
        wait_for("it ticks again", lambda: minutes_ticked(instance)[-1] > time.time() - MINUTE > dead_at)
        deployment.kill()
        ticked = minutes_ticked(instance)
    assert {later - earlier for earlier, later in pairwise(ticked)} == {MINUTE}
