"""When a run is asked for: by the sensor, once for all that was newly delivered, and by the schedule every morning."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import RunFailureReason
from dagster._core.execution.retries import auto_reexecution_should_retry_run

from dagster_project.commands.dagster_home import prepare_dagster_home
from dagster_project.defs import build_definitions, new_deliveries
from dagster_project.defs.automation import (
    FIRST_MONTH_TAG,
    LAST_MONTH_TAG,
    REFRESH,
    SCHEDULE,
    SENSOR,
    deliveries_sensor,
    morning_schedule,
)
from dagster_project.defs.contract import readable_contracts
from dagster_project.extracts import ingest_object, load_sources
from dagster_project.settings import PROJECT_FOLDER, load_settings
from tests.unit.extracts.deliveries import touch_again

EXAMPLE = PROJECT_FOLDER / "tests" / "examples" / "history-12"
SOURCES = "sources:\n  crm: {family: standard, currency: MXN}\n"
TOUCHES = "touch_id,contact_id,occurred_at,touch_type\n"
LEADS = "lead_id,created_at,updated_at\n"
LATER = 60.0  # seconds after everything was written


class Watched:
    """A landing folder that the sensor looks at, one tick after the other."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance) -> None:
        self.extracts = folder / "extracts"
        self.extracts.mkdir()
        (folder / "sources.yml").write_text(SOURCES)
        self.settings = load_settings(
            {
                "SLA_HOME": str(folder / "home"),
                "SLA_EXTRACTS": str(self.extracts),
                "SLA_SOURCES": str(folder / "sources.yml"),
                "SLA_CONTRACTS": str(EXAMPLE / "contracts"),
            }
        )
        self.instance = instance
        self.cursor: str | None = None

    def deliver(self, place: str, content: str) -> Path:
        path = self.extracts / "crm" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def tick(self, seconds_later: float = LATER) -> list[dg.RunRequest]:
        """The runs that are asked for; `self.reason` says why none is."""
        sensor = deliveries_sensor(self.settings, lambda: time.time() + seconds_later)
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        found = sensor.evaluate_tick(context)
        self.cursor = found.cursor
        self.reason = found.skip_message or ""
        return list(found.run_requests or [])

    def run(self) -> None:
        """What a run does about the landing folder."""
        source = load_sources(self.settings.sources)["crm"]
        for name in ("touches", "leads"):
            ingest_object(self.settings.home, self.extracts, source, name, "MXN", "run", datetime(2026, 3, 1))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture(scope="module")
def stored_instance() -> Iterator[dg.DagsterInstance]:
    """Schedules need one that can be opened by its address."""
    with dg.DagsterInstance.local_temp() as made:
        yield made


@pytest.fixture
def landing(tmp_path: Path, instance: dg.DagsterInstance) -> Watched:
    return Watched(tmp_path, instance)


# ---- the sensor


def test_several_new_files_are_one_run_of_all_months(landing: Watched) -> None:
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    landing.deliver("touches/2026-01-06.csv", TOUCHES)
    landing.deliver("leads/2026-01-05.csv", LEADS)
    (request,) = landing.tick()
    assert request.tags["new_files"] == "3"
    assert request.tags[FIRST_MONTH_TAG] == "2026-01"  # the first version's
    assert request.tags[LAST_MONTH_TAG] >= f"{datetime.now(UTC):%Y-%m}"


def test_what_was_read_asks_for_no_further_run(landing: Watched) -> None:
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    assert len(landing.tick()) == 1
    landing.run()
    assert landing.tick() == []
    assert "Nothing new among 1 files" in landing.reason


def test_until_it_is_read_the_same_delivery_has_the_same_key(landing: Watched) -> None:
    """Dagster starts no second run for a key that it knows."""
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    keys = {request.run_key for _ in range(3) for request in landing.tick()}
    assert len(keys) == 1


def test_a_corrected_delivery_has_another_key_and_so_has_the_first_content_once_more(
    landing: Watched,
) -> None:
    contents = (TOUCHES, TOUCHES + "t1,k1,2026-01-05,other\n", TOUCHES)
    keys = []
    for content in contents:
        landing.deliver("touches/2026-01-05.csv", content)
        (request,) = landing.tick()
        keys.append(request.run_key)
        landing.run()
    assert len(set(keys)) == 3


def test_the_key_tells_contents_of_one_size_apart(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    keys = []
    for row in ("t1,k1,2026-01-05,other\n", "t2,k1,2026-01-05,other\n"):
        folder = tmp_path / row[:2]
        folder.mkdir()
        watched = Watched(folder, instance)
        path = watched.deliver("touches/2026-01-05.csv", TOUCHES + row)
        os.utime(path, (1_000_000, 1_000_000))
        (request,) = watched.tick()
        keys.append(request.run_key)
    assert keys[0] != keys[1]


def test_the_same_content_copied_anew_asks_for_no_run(landing: Watched) -> None:
    path = landing.deliver("touches/2026-01-05.csv", TOUCHES)
    landing.tick()
    landing.run()
    touch_again(path)
    assert landing.tick() == []
    assert "Nothing new" in landing.reason


def test_a_file_under_write_is_waited_for_and_with_it_all_others(landing: Watched) -> None:
    path = landing.deliver("touches/2026-01-05.csv", TOUCHES)
    os.utime(path, (1_000_000, 1_000_000))  # an old time says nothing: the file has just been put there
    landing.deliver("leads/2026-01-05.csv", LEADS)
    assert landing.tick(seconds_later=1) == []
    assert "Still being written: crm/touches/2026-01-05.csv, crm/leads/2026-01-05.csv" in landing.reason
    (request,) = landing.tick()
    assert request.tags["new_files"] == "2"


def test_a_file_that_never_comes_to_rest_keeps_the_others_waiting_for_ten_minutes(landing: Watched) -> None:
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    restless = landing.deliver("leads/2026-01-05.csv", LEADS)

    def tick_while_written(seconds_later: float) -> list[dg.RunRequest]:
        os.utime(restless, (time.time() + seconds_later,) * 2)
        return landing.tick(seconds_later)

    assert tick_while_written(60) == []
    assert tick_while_written(60 + 590) == []
    (request,) = tick_while_written(60 + 610)
    assert request.tags["new_files"] == "1"


def test_a_file_in_another_writers_name_is_no_delivery(landing: Watched) -> None:
    landing.deliver("touches/2026-01-05.csv.part", TOUCHES)
    landing.deliver("touches/_2026-01-05.csv", TOUCHES)
    assert landing.tick() == []


def test_a_refused_file_and_one_delivered_twice_ask_for_one_run_each(landing: Watched) -> None:
    landing.deliver("touches/2026-01-05.csv", "")
    assert len(landing.tick()) == 1
    landing.run()
    assert landing.tick() == []
    landing.deliver("touches/2026-01-06.csv", TOUCHES)
    landing.deliver("touches/2026-01-06.jsonl", "{}\n")
    (request,) = landing.tick()
    assert request.tags["new_files"] == "2"
    landing.run()
    assert landing.tick() == []


def test_more_than_a_look_can_hash_is_told_by_its_size_and_times(
    landing: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_deliveries, "HASHED_BYTES_A_LOOK", len(TOUCHES) + 1)
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    landing.deliver("touches/2026-01-06.csv", TOUCHES)
    (request,) = landing.tick()
    assert request.tags["new_files"] == "2"
    assert [each.run_key for each in landing.tick()] == [
        request.run_key
    ]  # nor does it change with the next look
    landing.run()
    assert landing.tick() == []


def test_a_look_opens_no_file_that_it_knows(landing: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the ledger nor a landed file: with years of extracts, a look is a listing."""
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    landing.run()
    assert landing.tick() == []

    def fails(*_: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(new_deliveries, "read_object", fails)
    monkeypatch.setattr(new_deliveries, "_content_hash", fails)
    assert landing.tick() == []
    assert "Nothing new among 1 files" in landing.reason


def test_a_cursor_that_is_not_understood_begins_anew(landing: Watched) -> None:
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    for landing.cursor in ("", "nonsense", '{"settled": 5}', "[]"):
        assert len(landing.tick()) == 1


def test_nothing_is_asked_for_while_a_run_is_at_work(landing: Watched) -> None:
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    landing.instance.add_run(dg.DagsterRun(job_name=REFRESH, status=dg.DagsterRunStatus.STARTED))
    assert landing.tick() == []
    assert "A run is at work" in landing.reason


def test_a_landing_folder_that_is_not_there_and_sources_that_are_wrong_are_reasons_not_failures(
    landing: Watched,
) -> None:
    shutil.rmtree(landing.extracts)
    assert landing.tick() == []
    assert "can't be looked at" in landing.reason
    landing.extracts.mkdir()
    landing.settings.sources.write_text("sources: {crm: {family: abacus}}\n")
    assert landing.tick() == []
    assert 'the text "abacus"' in landing.reason


# ---- the schedule


def test_every_morning_at_six_on_the_contracts_clock_everything_is_run(
    landing: Watched, stored_instance: dg.DagsterInstance
) -> None:
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    schedule = morning_schedule(landing.settings, readable_contracts(landing.settings))
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 6 * * *", "Asia/Kolkata")
    context = dg.build_schedule_context(
        instance=stored_instance, scheduled_execution_time=datetime(2026, 3, 1, 12, tzinfo=UTC)
    )
    (request,) = schedule.evaluate_tick(context).run_requests or []
    assert request.tags[LAST_MONTH_TAG] >= f"{datetime.now(UTC):%Y-%m}"


def test_no_morning_run_before_anything_was_delivered_nor_beside_another(
    landing: Watched, stored_instance: dg.DagsterInstance
) -> None:
    schedule = morning_schedule(landing.settings, readable_contracts(landing.settings))
    context = dg.build_schedule_context(
        instance=stored_instance, scheduled_execution_time=datetime(2026, 3, 1, 12, tzinfo=UTC)
    )
    assert "Nothing has been delivered" in str(schedule.evaluate_tick(context).skip_message)
    landing.deliver("touches/2026-01-05.csv", TOUCHES)
    run = stored_instance.add_run(dg.DagsterRun(job_name=REFRESH, status=dg.DagsterRunStatus.STARTED))
    assert "at work already" in str(schedule.evaluate_tick(context).skip_message)
    stored_instance.delete_run(run.run_id)


def test_both_are_on_when_the_definitions_are_loaded(landing: Watched) -> None:
    definitions = build_definitions(landing.settings)
    sensor, schedule = definitions.resolve_sensor_def(SENSOR), definitions.resolve_schedule_def(SCHEDULE)
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert sensor.job_name == schedule.job_name == REFRESH


# ---- Dagster's own settings


@pytest.fixture
def one_machine(landing: Watched) -> Iterator[dg.DagsterInstance]:
    """Dagster as `make dev` starts it."""
    folder = prepare_dagster_home(landing.settings)
    with dg.DagsterInstance.from_config(str(folder)) as made:
        yield made


@pytest.mark.parametrize(
    ("reason", "is_begun_again"),
    [
        pytest.param(RunFailureReason.UNKNOWN, True, id="killed"),
        pytest.param(RunFailureReason.STEP_FAILURE, False, id="a check failed"),
    ],
)
def test_a_run_that_was_killed_is_begun_again_one_that_failed_at_a_check_is_not(
    one_machine: dg.DagsterInstance, reason: RunFailureReason, is_begun_again: bool
) -> None:
    run = one_machine.add_run(dg.DagsterRun(job_name=REFRESH, status=dg.DagsterRunStatus.FAILURE))
    assert auto_reexecution_should_retry_run(one_machine, run, reason) is is_begun_again


def test_a_run_that_hangs_is_ended_and_nothing_reports_home(one_machine: dg.DagsterInstance) -> None:
    assert one_machine.run_monitoring_enabled
    assert one_machine.run_monitoring_max_runtime_seconds == 4 * 3600
    assert not one_machine.telemetry_enabled
    assert not one_machine.nux_enabled
