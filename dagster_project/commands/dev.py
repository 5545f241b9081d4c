"""`make dev`: the Dagster UI with its daemon, on this machine's loopback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dagster_project.commands.console import Console
from dagster_project.commands.dagster_home import prepare_dagster_home
from dagster_project.settings import Settings


def main(settings: Settings, console: Console, port: str | None = None) -> int:
    """Doesn't return: this process becomes Dagster's. `port` is the first free one from 3000 on unless given."""
    os.environ["DAGSTER_HOME"] = str(prepare_dagster_home(settings))
    os.chdir(settings.project)
    dagster = str(Path(sys.executable).parent / "dagster")
    console.say("starting the Dagster UI; stop it with Ctrl-C")
    command = [dagster, "dev", "--workspace", "workspace.yaml", "--host", "127.0.0.1"]
    os.execv(dagster, [*command, *(["--port", port] if port else [])])
