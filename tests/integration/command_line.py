"""Running the project's commands in this process, on settings of a test's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import duckdb

from dagster_project.__main__ import main
from dagster_project.commands.console import Console
from dagster_project.settings import load_settings


@dataclass(frozen=True)
class Ran:
    """How a command ended, and all that it printed."""

    status: int
    output: str

    @property
    def last_lines(self) -> str:
        """What follows the progress: the reason of a failure."""
        return self.output.rpartition("Failed.")[2]


def history_settings(history: Path, home: Path, **changed: str) -> dict[str, str]:
    """Settings for a history's folder (`extracts/`, `contracts/`, `sources.yml`)."""
    return {
        "SLA_HOME": str(home),
        "SLA_EXTRACTS": str(history / "extracts"),
        "SLA_CONTRACTS": str(history / "contracts"),
        "SLA_SOURCES": str(history / "sources.yml"),
        **changed,
    }


def command(name: str, settings: Mapping[str, str], *options: str) -> Ran:
    """Run a command with these settings and nothing of the developer's own."""
    printed = StringIO()
    no_file = Path("no such file")
    status = main(
        [name, *options], load=lambda: load_settings(settings, env_file=no_file), console=Console(printed)
    )
    assert "Traceback" not in printed.getvalue()
    return Ran(status, printed.getvalue())


def published_rows(home: Path, query: str) -> list[tuple[object, ...]]:
    """The rows of a query over the published warehouse."""
    with duckdb.connect(home / "published" / "warehouse.duckdb", read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(query).fetchall()
