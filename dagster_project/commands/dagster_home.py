"""Where Dagster keeps its runs: a folder under SLA_HOME, with telemetry and the sign-up off."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import yaml

from dagster_project.owner_only import make_private
from dagster_project.settings import Settings

DAGSTER_YAML = Path(__file__).with_name("dagster.yaml")
RUN_YAML = "run.yaml"
# On the command line all output goes to the run's own log file.
NO_CAPTURE = {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
KEPT_OPEN = {"module": "dagster_project.commands.event_log", "class": "KeptOpenEventLog"}
EVENTS_FOLDER = ("history", "runs")  # where Dagster itself has them, unless it is told otherwise
STORAGES = ("storage", "event_log_storage", "run_storage", "schedule_storage")


def prepare_dagster_home(settings: Settings) -> Path:
    """Make the folder for DAGSTER_HOME if need be; a dagster.yaml that is there stays as it is."""
    folder = settings.dagster_home
    make_private(folder)
    instance = folder / "dagster.yaml"
    if not instance.exists():
        instance.write_text(DAGSTER_YAML.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def instance_of_a_run(settings: Settings) -> dg.DagsterInstance:
    """The instance that the UI shows too, without its capture of the steps' output; files of events are kept open."""
    folder = prepare_dagster_home(settings)
    configuration = yaml.safe_load((folder / "dagster.yaml").read_text(encoding="utf-8")) or {}
    configuration["compute_logs"] = NO_CAPTURE
    if configuration.keys().isdisjoint(STORAGES):
        configuration["event_log_storage"] = {
            **KEPT_OPEN,
            "config": {"base_dir": str(folder.joinpath(*EVENTS_FOLDER))},
        }
    (folder / RUN_YAML).write_text(yaml.safe_dump(configuration), encoding="utf-8")
    return dg.DagsterInstance.from_config(str(folder), RUN_YAML)
