"""One Dagster run of everything, in this process.

What belongs here: how the run is started, what of its log is progress, and what failed in it, as plain sentences.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import dagster as dg

from dagster_project.commands.console import Console
from dagster_project.commands.dagster_home import instance_of_a_run
from dagster_project.defs import build_definitions
from dagster_project.defs.automation import REFRESH, all_months, bury_the_dead
from dagster_project.defs.extracts import GROUP as EXTRACTS
from dagster_project.defs.housekeeping import remove_old_runs
from dagster_project.defs.publications import begin_history
from dagster_project.defs.telling import NEWS, reason_of
from dagster_project.settings import Settings
from dagster_project.warehouse.locking import show_presence

LOGGER = "command_line"


def refresh(
    settings: Settings, console: Console, log: logging.Handler, log_path: Path, past: date | None = None
) -> list[str]:
    """Materialise everything, all months included. Returns what failed, in words; empty when nothing did.

    What the steps say is printed as progress; all that Dagster and dbt log goes to `log`. With a day in the `past`, the
    extracts are read first, and the history begins with what was known on that day: the demo company has had a life
    before it is first run.
    """
    definitions = build_definitions(settings, loggers={LOGGER: _logger(console, log)})
    job = definitions.resolve_job_def(REFRESH)
    with instance_of_a_run(settings) as instance:
        bury_the_dead(instance, settings)

        def run(only: Sequence[dg.AssetKey] | None = None) -> dg.ExecuteInProcessResult:
            run_id = str(uuid4())
            # Before Dagster knows of the run: wherever it is killed, what Dagster says of it can be put right.
            show_presence(settings.living_runs, run_id)
            return job.execute_in_process(
                instance=instance,
                run_id=run_id,
                run_config={"loggers": {LOGGER: {}}},
                tags=all_months(settings),
                raise_on_error=False,
                asset_selection=only,
            )

        only = None
        if past is not None:
            keys = {spec.key: spec.group_name for spec in definitions.resolve_all_asset_specs()}
            result = run([key for key, group in keys.items() if group == EXTRACTS])
            if not result.success:
                return _problems(result, log_path)
            begin_history(settings, past, result.run_id, datetime.now(UTC))
            console.say(f"the history begins with what was published of {past}")
            only = [key for key, group in keys.items() if group != EXTRACTS]
        problems = _problems(run(only), log_path)
        remove_old_runs(instance, REFRESH, settings.kept_runs)
        return problems


def _problems(result: dg.ExecuteInProcessResult, log_path: Path) -> list[str]:
    if result.success:
        return []
    problems = [reason_of(event) for event in result.all_events if event.is_step_failure]
    if not problems:
        problems = ["The run did not finish, and no step says why."]
    return [*problems, f"The log of this run is {log_path}."]


class _Progress(logging.Handler):
    """What the steps themselves say; Dagster's own events are no news to who waits."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        news = getattr(record, NEWS, None)
        if news is not None:
            (self._console.warn if record.levelno >= logging.WARNING else self._console.say)(news)


def _logger(console: Console, log: logging.Handler) -> dg.LoggerDefinition:
    def command_line(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("run", logging.DEBUG)
        logger.addHandler(log)
        logger.addHandler(_Progress(console))
        return logger

    return dg.LoggerDefinition(
        command_line, description="Progress on the command line, and all of it in a file."
    )
