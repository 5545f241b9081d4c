"""Where a run on the command line keeps its events, and that the UI's own storage reads them."""

# No `from __future__ import annotations`: Dagster reads what an asset returns from its annotation as it stands.

from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest
import yaml

from dagster_project.commands.dagster_home import instance_of_a_run, prepare_dagster_home
from dagster_project.commands.event_log import KeptOpenEventLog
from dagster_project.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, tmp_path)


def definitions() -> dg.Definitions:
    @dg.asset
    def figure() -> None: ...

    @dg.asset_check(asset=figure)
    def holds() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    return dg.Definitions(assets=[figure], asset_checks=[holds], jobs=[dg.define_asset_job("job")])


def configure(settings: Settings, values: Mapping[str, object]) -> None:
    (prepare_dagster_home(settings) / "dagster.yaml").write_text(
        yaml.safe_dump(dict(values)), encoding="utf-8"
    )


def test_the_ui_finds_every_event_of_a_run_on_the_command_line(settings: Settings) -> None:
    with instance_of_a_run(settings) as instance:
        assert isinstance(instance.event_log_storage, KeptOpenEventLog)
        result = definitions().resolve_job_def("job").execute_in_process(instance=instance)
        written = instance.all_logs(result.run_id)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        assert not isinstance(instance.event_log_storage, KeptOpenEventLog)
        assert instance.all_logs(result.run_id) == written
        assert instance.get_latest_materialization_event(dg.AssetKey("figure")) is not None
        (check,) = instance.event_log_storage.get_latest_asset_check_execution_by_key(
            [dg.AssetCheckKey(dg.AssetKey("figure"), "holds")]
        ).values()
        assert check.run_id == result.run_id


def test_a_run_on_the_command_line_goes_on_after_what_the_ui_wrote(settings: Settings) -> None:
    prepare_dagster_home(settings)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        first = definitions().resolve_job_def("job").execute_in_process(instance=instance)
    with instance_of_a_run(settings) as instance:
        second = definitions().resolve_job_def("job").execute_in_process(instance=instance)
        runs = [
            record.run_id
            for record in instance.fetch_materializations(dg.AssetKey("figure"), limit=10).records
        ]
    assert runs == [second.run_id, first.run_id]


def test_storage_that_the_user_chose_is_used(settings: Settings, tmp_path: Path) -> None:
    configure(settings, {"storage": {"sqlite": {"base_dir": str(tmp_path / "elsewhere")}}})
    with instance_of_a_run(settings) as instance:
        assert not isinstance(instance.event_log_storage, KeptOpenEventLog)
        definitions().resolve_job_def("job").execute_in_process(instance=instance)
    assert (tmp_path / "elsewhere").is_dir()
    assert not (settings.dagster_home / "history").exists()
