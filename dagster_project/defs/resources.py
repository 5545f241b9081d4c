"""What the steps of one run share: the settings, one reading of contract and sources, the build's lock, dbt."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource
from packaging.version import Version

from dagster_project.contract import Contracts, load_contracts
from dagster_project.extracts import Sources, load_sources
from dagster_project.formats import bring_up_to_date
from dagster_project.settings import Settings
from dagster_project.warehouse.locking import build_lock, show_presence
from data_checks import check_settings_problems

LOG_BYTES = 1_000_000
DBT_BUILD = (
    "build",
    "--exclude-resource-type",
    "unit_test",
    # Its debug log takes a quarter of its time, and says nothing that failed_nodes doesn't.
    "--log-level-file",
    "info",
    # dbt keeps five full logs beside the one that it writes; a full one is ten times as large unless told otherwise.
    "--log-file-max-bytes",
    str(LOG_BYTES),
)
"""How a run asks dbt for all models and their tests."""


class RunInputs:
    """Contract and sources as they were when the run first looked, so that every step sees the same."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_up_to_date = False
        self.held_against_ledger: set[tuple[str, str]] = set()
        """The objects (source, object) whose raw files were found to be as written in this run."""

    @cached_property
    def contracts(self) -> Contracts:
        self._bring_up_to_date()
        return load_contracts(self._settings.contracts)

    @cached_property
    def sources(self) -> Sources:
        self._bring_up_to_date()
        return load_sources(self._settings.sources, check_settings_problems)

    def _bring_up_to_date(self) -> None:
        """Nothing is read or written before what an earlier version left is in this version's formats."""
        if not self._is_up_to_date:
            bring_up_to_date(self._settings.home)
            self._is_up_to_date = True


class BuildHold:
    """The build's lock, from the first step that takes it until the run ends."""

    def __init__(self, folder: Path, owner: str, stack: ExitStack) -> None:
        self._folder = folder
        self._owner = owner
        self._stack = stack
        self._is_taken = False

    def take(self) -> None:
        """Hold the build. Raises BuildInUseError when another run does."""
        if not self._is_taken:
            self._stack.enter_context(build_lock(self._folder, self._owner))
            self._is_taken = True


class Dbt(DbtCliResource):
    """dbt on the command line."""

    @cached_property
    def _cli_version(self) -> Version:
        # The base class asks `dbt --version`, which looks for updates on the network at every run.
        return Version(version("dbt-core"))


def default_resources(settings: Settings) -> dict[str, object]:
    """The resources of a deployment, by name."""

    @dg.resource(description="One reading of the contract versions and the sources' declarations for a run.")
    def inputs(_context: dg.InitResourceContext) -> RunInputs:
        return RunInputs(settings)

    @dg.resource(
        description="The lock of the build folder, held until the run ends; and a sign that the run lives."
    )
    def build_hold(context: dg.InitResourceContext) -> Iterator[BuildHold]:
        with ExitStack() as stack:
            run_id = context.run.run_id if context.run else "no run"
            show_presence(settings.living_runs, run_id)
            owner = f"run {run_id}, process {os.getpid()} on {socket.gethostname()}"
            yield BuildHold(settings.build, owner, stack)

    return {
        "settings": settings,
        "inputs": inputs,
        "build_hold": build_hold,
        "dbt": Dbt(
            project_dir=str(settings.dbt),
            profiles_dir=str(settings.dbt),
            dbt_executable=str(Path(sys.executable).parent / "dbt"),
        ),
    }
