"""One Dagster run of everything, in this process.

What belongs here: how the run is started, what of its log is progress, and what failed in it, as plain sentences.
"""

from __future__ import annotations

import logging
from pathlib import Path

import dagster as dg

from dagster_project.commands.console import Console
from dagster_project.commands.dagster_home import instance_of_a_run
from dagster_project.defs import build_definitions
from dagster_project.defs.automation import REFRESH, all_months
from dagster_project.defs.telling import NEWS, reason_of
from dagster_project.settings import Settings

LOGGER = "command_line"


def refresh(settings: Settings, console: Console, log: logging.Handler, log_path: Path) -> list[str]:
    """Materialise everything, all months included. Returns what failed, in words; empty when nothing did.

    What the steps say is printed as progress; all that Dagster and dbt log goes to `log`.
    """
    definitions = build_definitions(settings, loggers={LOGGER: _logger(console, log)})
    with instance_of_a_run(settings) as instance:
        result = definitions.resolve_job_def(REFRESH).execute_in_process(
            instance=instance,
            run_config={"loggers": {LOGGER: {}}},
            tags=all_months(settings),
            raise_on_error=False,
        )
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
