"""What every step tells Dagster in the same way: owners, columns, and failures as plain sentences.

What belongs here: what two or more steps share. What doesn't: any step.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dagster as dg
import duckdb

from dagster_project.contract import ContractErrors
from dagster_project.decisions.history import HistoryError
from dagster_project.decisions.simulation import SimulationError
from dagster_project.decisions.threshold import ThresholdError
from dagster_project.extracts import DamagedStore, IncompleteExtracts, SourcesErrors
from dagster_project.formats import FormatError
from dagster_project.review import ReviewError
from dagster_project.settings import SettingsError
from dagster_project.warehouse.failures import is_of_a_file, is_of_parquet
from dagster_project.warehouse.inputs import BuildInputsError
from dagster_project.warehouse.locking import BuildInUseError
from dagster_project.warehouse.publish import PublishError
from dagster_project.warehouse.spark.exchange import ExchangeError
from dagster_project.warehouse.spark.translate import TranslationError
from data_checks import ChecksCannotRunError

MARKETING = "team:marketing"
SALES = "team:sales"
DATA = "team:data"

EXPECTED_ERRORS = (
    BuildInUseError,
    BuildInputsError,
    ChecksCannotRunError,
    ContractErrors,
    DamagedStore,
    ExchangeError,
    FormatError,
    HistoryError,
    IncompleteExtracts,
    PublishError,
    ReviewError,
    SettingsError,
    SimulationError,
    SourcesErrors,
    ThresholdError,
    TranslationError,
)

NEWS = "sla_news"


def say(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, text: str, is_warning: bool = False
) -> None:
    """Log a sentence that whoever waits for the run wants to read; a command line finds it under `NEWS`."""
    level = logging.WARNING if is_warning else logging.INFO
    context.log.log(level, text, extra={NEWS: text})


@contextmanager
def plain_failures() -> Iterator[None]:
    """Errors that a user can put right fail the step with their own message, and no retry would help."""
    try:
        yield
    except EXPECTED_ERRORS as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except OSError as error:
        raise dg.Failure(
            description=f"{error}. Everything is written under SLA_HOME: is there room, and may it be written to?",
            allow_retries=False,
        ) from error
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise dg.Failure(
            description=f"The memory did not suffice: {_first_line(error)} Nothing is lost: give the run more memory "
            "and start it again.",
            allow_retries=False,
        ) from error
    except duckdb.Error as error:
        if not is_of_a_file(error) and not is_of_parquet(error):
            raise
        raise dg.Failure(
            description=f"A database file can't be read or written: {_first_line(error)} Is there room on the disk? If "
            "there is, the file of the build is damaged: run everything again, from the extracts on, and it is built "
            "anew from what was delivered. If that fails as well, a file of raw/ is damaged: delete raw/, quarantine/ "
            "and build/, keep archive/, ledger/ and history/, and run again.",
            allow_retries=False,
        ) from error


def _first_line(error: BaseException) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line if line.endswith((".", "!", "?")) else f"{line}."


def reason_of(event: dg.DagsterEvent) -> str:
    """Why a step failed, as a sentence for who has to act; `event` is a step's failure."""
    failure = event.step_failure_data
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return str(failure.user_failure_data.description)
    error = failure.error
    if error is not None and error.cls_name == "DagsterExecutionInterruptedError":
        return f"Stopped while the step {event.step_key} was at work."
    while error is not None and error.cause is not None:
        error = error.cause
    reason = error.message.strip() if error else "no reason was given"
    return f"The step {event.step_key} failed unexpectedly: {reason}"


def column_metadata(
    types: Mapping[str, str], descriptions: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Asset metadata that shows the columns: name to type, and name to description where there is one."""
    return {
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(name=name, type=kind, description=(descriptions or {}).get(name))
                for name, kind in types.items()
            ]
        )
    }


def drawn(svg: str, description: str) -> str:
    """A drawing as Markdown that needs nothing from elsewhere; `description` is what it shows in words."""
    text = description.replace("[", "(").replace("]", ")")
    return f"![{text}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
