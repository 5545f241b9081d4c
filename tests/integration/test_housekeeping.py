"""What Dagster keeps of its runs is bounded: old runs go with everything that was written about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.storage.event_log import SqlEventLogStorage

from dagster_project.defs import housekeeping
from dagster_project.defs.housekeeping import remove_old_runs

JOB = "small"


@dg.op
def print_something() -> None:
    print("captured")


@dg.job(name=JOB)
def empty_job() -> None:
    print_something()


@dg.asset
def thing() -> None:
    """An asset with a check."""


@dg.asset_check(asset=thing)
def thing_is_well() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """One on files, as on one machine."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as made:
        yield made


def run_once(instance: dg.DagsterInstance) -> str:
    result = dg.materialize([thing, thing_is_well], instance=instance)
    assert result.success
    return result.run_id


def rows_of(instance: dg.DagsterInstance, run_id: str) -> int:
    """The rows about a run in every table of the events' storage that knows runs."""
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    with storage.index_connection() as connection:
        tables = sa.inspect(connection).get_table_names()
        return sum(
            connection.execute(
                sa.text(f"select count(*) from {table} where run_id = :run"), {"run": run_id}
            ).scalar_one()
            for table in tables
            if "run_id" in {column["name"] for column in sa.inspect(connection).get_columns(table)}
        )


def files_of(folder: Path, run_id: str) -> list[Path]:
    return [path for path in folder.rglob("*") if run_id in str(path)]


def test_the_latest_runs_stay_and_the_others_go_with_all_that_was_written_about_them(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    first, second, third = (run_once(instance) for _ in range(3))
    assert rows_of(instance, first) > 0
    assert files_of(tmp_path, first) != []
    assert remove_old_runs(instance, JOB, 2) == [first]
    assert instance.get_run_ids() == [third, second]
    assert rows_of(instance, first) == 0
    assert files_of(tmp_path, first) == []
    assert rows_of(instance, second) == rows_of(instance, third) > 0
    assert files_of(tmp_path, second) != []
    assert remove_old_runs(instance, JOB, 2) == []


def test_an_asset_whose_run_is_gone_still_says_when_it_was_made(instance: dg.DagsterInstance) -> None:
    made = run_once(instance)
    before = instance.get_latest_materialization_event(thing.key)
    assert before is not None
    empty_job.execute_in_process(instance=instance)
    assert remove_old_runs(instance, JOB, 1) == [made]
    after = instance.get_latest_materialization_event(thing.key)
    assert after is not None
    assert after.timestamp == before.timestamp


def test_the_latest_success_stays_however_many_failures_come_after_it(instance: dg.DagsterInstance) -> None:
    good = empty_job.execute_in_process(instance=instance).run_id
    for _ in range(3):
        instance.create_run_for_job(empty_job, status=dg.DagsterRunStatus.FAILURE)
    assert len(remove_old_runs(instance, JOB, 1)) == 2
    assert good in instance.get_run_ids()


def test_a_run_at_work_stays(instance: dg.DagsterInstance) -> None:
    at_work = instance.create_run_for_job(empty_job, status=dg.DagsterRunStatus.STARTED).run_id
    run_once(instance)
    assert remove_old_runs(instance, JOB, 1) == []
    assert at_work in instance.get_run_ids()


def test_many_old_runs_go_a_few_at_a_time(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "REMOVED_AT_ONCE", 2)
    for _ in range(5):
        empty_job.execute_in_process(instance=instance)
    assert [len(remove_old_runs(instance, JOB, 2)) for _ in range(3)] == [2, 1, 0]
    assert len(instance.get_run_ids()) == 2
