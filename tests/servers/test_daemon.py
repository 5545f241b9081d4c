"""Schedule and sensor under a real daemon, with PostgreSQL behind it, through the death of every process."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.defs.automation import REFRESH, SCHEDULE, SENSOR
from tests.integration.command_line import command, history_settings
from tests.published import published_content
from tests.servers.conftest import EMAIL_KEY, EXAMPLE
from tests.servers.processes import Deployment, wait_for

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


def deliver(company: Path, after: str, until: str) -> None:
    """Deliver the files of the example with a date after one and until another."""
    for path in sorted((EXAMPLE / "extracts").rglob("*.*")):
        if after < path.name[:10] <= until:
            target = company / "extracts" / path.relative_to(EXAMPLE / "extracts")
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f".{target.name}")
            shutil.copyfile(path, unfinished)
            unfinished.rename(target)


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


def test_every_delivery_is_run_once_through_the_death_of_every_process(
    deployment: Deployment, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(deployment.settings["SLA_HOME"])
    with instance_of(deployment, monkeypatch) as instance:
        deliver(company, "", "2026-12-29")
        deployment.start("code", "daemon")
        wait_for("the first deliveries are run", lambda: len(sensor_runs(instance, SUCCESS)) == 1)

        # Everything dies while nothing is at work; something is delivered before it comes back.
        deployment.kill()
        deliver(company, "2026-12-29", "2026-12-30")
        deployment.start("code", "daemon")
        wait_for("the second deliveries are run", lambda: len(sensor_runs(instance, SUCCESS)) == 2)

        # Everything dies in the middle of a run.
        deliver(company, "2026-12-30", "2026-12-31")
        wait_for("the third run is asked for", lambda: len(sensor_runs(instance)) == 3)
        third = sensor_runs(instance)[0].run_id
        wait_for("the third run is at work", lambda: (home / "dagster" / "living" / third).exists())
        deployment.kill()
        assert status_of(instance, third) is STARTED
        deployment.start("code", "daemon")
        again = dg.RunsFilter(tags={"dagster/parent_run_id": third}, statuses=[SUCCESS])
        wait_for("the killed run is begun again", lambda: bool(instance.get_runs(again)))
        assert status_of(instance, third) is FAILURE
        deployment.kill()

        keys = Counter(run.tags["dagster/run_key"] for run in sensor_runs(instance))
        assert list(keys.values()) == [1, 1, 1]

    undisturbed = tmp_path / "undisturbed"
    assert command("run", history_settings(EXAMPLE, undisturbed, SLA_EMAIL_KEY=EMAIL_KEY)).status == 0
    assert published_content(home) == published_content(undisturbed)
    assert list((home / "dagster" / "living").iterdir()) == []


def test_every_minute_ticks_once_through_the_death_of_every_process(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.settings["SLA_SCHEDULE"] = "* * * * *"
    with instance_of(deployment, monkeypatch) as instance:
        deployment.start("code", "daemon")
        wait_for("the schedule has ticked", lambda: len(minutes_ticked(instance)) >= 1)
        deployment.kill()
        deployment.start("code", "daemon")
        wait_for("it has ticked three times", lambda: len(minutes_ticked(instance)) >= 3)
        deployment.kill()
        ticked = minutes_ticked(instance)
    assert {later - earlier for earlier, later in pairwise(ticked)} == {60.0}
