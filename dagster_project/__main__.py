"""The commands behind make."""

from __future__ import annotations

import argparse
import errno
import os
import sqlite3
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from dagster_project.commands.console import Console
from dagster_project.formats import FormatError, require_current
from dagster_project.owner_only import make_private
from dagster_project.settings import Settings, SettingsError, load_settings


@dataclass(frozen=True)
class Option:
    """What may be said beside a command, as `--name VALUE`; the command gets it as an argument of that name."""

    name: str
    meaning: str
    is_required: bool = False


@dataclass(frozen=True)
class Command:
    """What one types: its module in `commands/` has the same name."""

    meaning: str
    options: tuple[Option, ...] = ()


COMMANDS = {
    "run": Command("from the extracts to the published attainment; of a demo company when nothing is set"),
    "demo": Command(
        "simulate the demo company's extracts into the home folder",
        (
            Option("family", "its systems: standard, hubspot or hubspot+salesforce"),
            Option("loader", "who exports them: api, airbyte, fivetran, stitch or prefixed"),
        ),
    ),
    "pull": Command("what changed at HubSpot and Salesforce since the last pull, into the landing folder"),
    "validate": Command("check the contract and the sources, and nothing else"),
    "dev": Command("the Dagster UI, on this machine's loopback", (Option("port", "the port of the UI"),)),
    "docs": Command("dbt's documentation of every model, column and metric, as one page that opens offline"),
    "export": Command("what is published, as CSV files and a workbook for spreadsheets and BI tools"),
    "metrics": Command(
        "the metrics by MetricFlow, over what is published; without a query, which there are",
        (Option("query", "the arguments of `mf query`"),),
    ),
    "forget": Command(
        "take a person out of everything that is kept, and of all that comes later",
        (Option("person", "a person_id, a contact's or lead's id, or an e-mail", is_required=True),),
    ),
    "sandbox": Command(
        "what a changed model or contract rule does to the published attainment; nothing is published",
        (
            Option("contracts", "another folder of contract versions"),
            Option("dbt", "another dbt folder, a copy of the project's"),
        ),
    ),
    "explain": Command(
        "where a published figure comes from: what it counts, and the files and lines of it",
        (
            Option("period", "the month, as 2026-09", is_required=True),
            Option("commitment", "the commitment's id in the contract", is_required=True),
            Option("obligation", "the number of one of the things that it counts"),
            Option("person", "the person or rep of one of the things that it counts"),
        ),
    ),
    "simulate": Command(
        "what a draft contract would have meant, beside what is published",
        (
            Option("contract", "the contract's file", is_required=True),
            Option("since", "the month from which it is in force, as 2026-05"),
        ),
    ),
    "threshold": Command(
        "what another MQL threshold would have meant: MQLs, their SQL rate and the reps' load",
        (
            Option("version", "the signed contract version whose threshold it is"),
            Option("candidates", "the thresholds to look at, as 55,62.5"),
        ),
    ),
}
# They begin or change a home, or don't look at it; all others read what a run has brought up to date.
NEED_NO_FORMAT = ("run", "dev", "demo", "validate")
FAILED = 1
INTERRUPTED = 130
# What a disk says that is full or may not be written to: nobody has to mend the code for it.
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)
DENIED_TO_SQLITE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def main(
    arguments: Sequence[str] | None = None,
    load: Callable[[], Settings] = load_settings,
    console: Console | None = None,
) -> int:
    """Run one command, with the settings that `load` gives.

    Returns 0 when all of it was done, and 1 when something failed, with the reason on the last lines.
    """
    parser = argparse.ArgumentParser(prog="python -m dagster_project", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in COMMANDS.items():
        described = commands.add_parser(name, help=command.meaning)
        for option in command.options:
            described.add_argument(f"--{option.name}", help=option.meaning, required=option.is_required)
    given = vars(parser.parse_args(arguments))
    name = given.pop("command")
    console = console or Console()
    try:
        settings = load()
    except SettingsError as error:
        console.fail(str(error))
        return FAILED
    except OSError as error:
        console.fail(_denied(error))
        return FAILED
    try:
        if name not in NEED_NO_FORMAT:
            require_current(settings.home)
        # Imported only now: a command costs the imports that it needs.
        do: Callable[..., int] = import_module(f"dagster_project.commands.{name}").main
        return do(settings, console, **given)
    except FormatError as error:
        console.fail(str(error))
        return FAILED
    except BrokenPipeError:
        # Whoever read the output has gone; without this Python says so once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        console.fail("Stopped. What was published before is untouched.")
        return INTERRUPTED
    except Exception as error:
        original = getattr(error, "orig", error)  # Dagster's storage says what it met with as SQLAlchemy does
        if _is_denied(original):
            console.fail(_denied(original))
            return FAILED
        if _is_of_a_database(error):
            console.fail(
                f"A database file can't be read or written: {str(error).splitlines()[0]}\nIs there room on the disk? "
                "If there is, the file is damaged: `make run` makes it anew from what was delivered."
            )
            return FAILED
        console.fail(f"Unexpected: {type(error).__name__}: {error}\n{_kept_traceback(settings)}")
        return FAILED


def _is_denied(error: Exception) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in DENIED_TO_SQLITE
    return isinstance(error, OSError) and error.errno in DENIED


def _denied(error: Exception) -> str:
    return f"{error}. Everything is written under SLA_HOME: is there room, and may it be written to?"


def _is_of_a_database(error: Exception) -> bool:
    # Only a command that has imported DuckDB can meet its errors.
    if "duckdb" not in sys.modules:
        return False
    from dagster_project.warehouse.failures import is_of_a_file

    return is_of_a_file(error)


def _kept_traceback(settings: Settings) -> str:
    """Write the traceback to a file: it helps whoever mends the code, and nobody at the terminal."""
    path = settings.logs / "unexpected_error.log"
    try:
        make_private(settings.logs)
        path.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError as error:
        return f"The traceback could not be written: {error}."
    return f"The traceback is in {path}. What was published before is untouched."


if __name__ == "__main__":
    sys.exit(main())
