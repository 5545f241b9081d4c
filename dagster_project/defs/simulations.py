"""Replaying what was published under a draft contract, and choosing a threshold: without touching what is published.

What belongs here: which contract is put in force over which publication, and where the results lie. What doesn't: the
comparison and its words (`decisions`), and what starts it (`defs/simulation_jobs.py`, `commands/`).
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from shutil import copytree, rmtree
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from dagster_project.attainment import attainment_table, compute_attainment
from dagster_project.civil_time import local_to_utc
from dagster_project.contract import ContractErrors, Contracts, ContractVersion, contract_tables, load_version
from dagster_project.decisions.history import HistoryError, Publication
from dagster_project.decisions.simulation import (
    DRAFT,
    SIGNED,
    SideBySide,
    SimulationError,
    compare,
    draft_in_force,
)
from dagster_project.decisions.simulation_views import simulation_page, simulation_text
from dagster_project.decisions.threshold import (
    ThresholdError,
    ThresholdSearch,
    candidates_frame,
    search_threshold,
    threshold_page,
    threshold_text,
)
from dagster_project.decisions.wording import Wording
from dagster_project.defs.publications import published_publication
from dagster_project.defs.replays import (
    HOLIDAYS_FOLDER,
    PREFIX,
    InForce,
    built_again,
    kept_contracts,
)
from dagster_project.settings import Settings
from dagster_project.warehouse.attainment_table import read_aggregates, replace_months
from dagster_project.warehouse.inputs import BuildInputsError
from dagster_project.warehouse.locking import BuildInUseError, build_lock
from dagster_project.warehouse.publish import WAREHOUSE_FILE_NAME
from dagster_project.warehouse.quoting import literal
from dagster_project.warehouse.tables import reading

if TYPE_CHECKING:
    import pandas as pd

SIMULATIONS = "simulations"
PAGE = "index.html"
# What can be put right by whoever asked.
SIMULATION_ERRORS = (
    BuildInUseError,
    BuildInputsError,
    ContractErrors,
    HistoryError,
    SimulationError,
    ThresholdError,
)


@dataclass(frozen=True)
class Simulated:
    """A draft beside the signed contract, in words, and the folder of its page and tables."""

    side_by_side: SideBySide
    wording: Wording
    draft_name: str
    folder: Path

    def text(self, *, colour: bool, width: int) -> str:
        return simulation_text(self.side_by_side, self.wording, self.draft_name, colour=colour, width=width)


@dataclass(frozen=True)
class Searched:
    """What other thresholds would have meant, in words, and the folder of its page and table."""

    search: ThresholdSearch
    wording: Wording
    folder: Path

    def text(self, *, colour: bool, width: int) -> str:
        return threshold_text(self.search, self.wording, colour=colour, width=width)


def simulate(settings: Settings, contract: str, in_force_from: str | None = None) -> Simulated:
    """Replay what is published under a contract file, and write the comparison under `$SLA_HOME/simulations/`.

    `in_force_from` is a month, `2026-05`; without one, a draft is in force from the beginning and a signed version from
    its own month. Nothing else is written or changed. Raises SimulationError where there is nothing to replay or the
    draft can't be in force then, ContractErrors and BuildInputsError when the contract can't be used.
    """
    path = _contract_path(settings, contract)
    asked_from = None if in_force_from is None else _month(in_force_from)
    with _at_work(settings) as folder:
        publication = _published(settings)
        kept = kept_contracts(settings, publication)
        draft = _in_place(path, publication, kept, asked_from)
        with built_again(
            settings,
            publication,
            folder,
            under=_under(draft, kept),
            holidays=_own_holidays(settings, folder),
        ) as replayed:
            aggregates = read_aggregates(replayed)
            rows = attainment_table(compute_attainment(**vars(aggregates)))
            replace_months(replayed, rows, set(rows["period"].to_pylist()))
            side_by_side = _side_by_side(settings, replayed)
        wording = Wording(kept.language, kept.currency)
        simulated = Simulated(
            side_by_side,
            wording,
            wording.say(
                "simulation.draft", draft=path.name, month=wording.month_and_year(draft.effective_from)
            ),
            folder / f"{path.stem}_from_{draft.effective_from:%Y-%m}",
        )
        _write(
            simulated.folder,
            simulation_page(side_by_side, wording, simulated.draft_name),
            {
                "commitments": side_by_side.statuses,
                "mqls": side_by_side.mqls,
                "obligations": side_by_side.obligations,
            },
        )
    return simulated


def search(
    settings: Settings, version: int | None = None, candidates: Sequence[Decimal] | None = None
) -> Searched:
    """What other thresholds would have meant over what is published, in one pass over the scores.

    `version` is a signed contract version (default: the one in force), `candidates` the thresholds to look at (default:
    some on either side of the signed one). Raises SimulationError or ThresholdError where there is nothing to look at.
    """
    with _at_work(settings) as folder:
        publication = _published(settings)
        with (
            built_again(settings, publication, folder, holidays=_own_holidays(settings, folder)) as replayed,
            reading(replayed) as connection,
        ):
            found = search_threshold(connection, version, candidates)
        wording = Wording(found.language, found.currency)
        searched = Searched(found, wording, folder / f"threshold_of_version_{found.version}")
        _write(searched.folder, threshold_page(found, wording), {"thresholds": candidates_frame(found)})
    return searched


def thresholds(text: str | None) -> list[Decimal] | None:
    """Thresholds as one types them: `55, 62.5`. Raises SimulationError for what is no number."""
    if not text:
        return None
    try:
        found = [Decimal(each) for each in text.replace(",", " ").split()]
    except InvalidOperation:
        found = []
    if not found or not all(each.is_finite() and each >= 0 for each in found):
        raise SimulationError(f"{text!r} are no thresholds. Write them as 55, 62.5, 70.")
    return found


def contract_version(text: str | None) -> int | None:
    """The number of a contract version as one types it. Raises SimulationError for what is none."""
    if not text:
        return None
    if not text.isdecimal():
        raise SimulationError(f"{text!r} is no contract version. Write its number, as 2.")
    return int(text)


# ---------------------------------------------------------------- what is replayed


def _contract_path(settings: Settings, contract: str) -> Path:
    """A contract file as it was named: from the project's folder, or by its name in the contracts folder."""
    path = settings.project / Path(contract).expanduser()
    return path if path.exists() else settings.contracts / contract


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError as error:
        raise SimulationError(
            f"{text!r} is no month. Say from which one the draft is in force: 2026-05."
        ) from error


def _published(settings: Settings) -> Publication:
    """The publication that is replayed. Raises SimulationError as of another day, and HistoryError without one."""
    if settings.as_of is not None:
        raise SimulationError(
            "A simulation replays what is published, not what was known on another day. Take SLA_AS_OF out."
        )
    return published_publication(settings)


def _in_place(
    path: Path, publication: Publication, kept: Contracts, in_force_from: date | None
) -> ContractVersion:
    """The version in a file, in force from where it shall be, under a number that no signed version has."""
    version = load_version(path)
    for name in ("contract", "timezone", "currency"):
        ours, theirs = getattr(kept, name), getattr(version, name)
        if ours != theirs:
            raise SimulationError(
                f"{path}: {name} is {theirs}, but the signed contract's is {ours}: only a contract with the same can "
                "be set beside it."
            )
    is_kept = hashlib.sha256(path.read_bytes()).hexdigest() in publication.documents.values()
    number = version.version
    if not is_kept and number in {each.version for each in kept.versions}:
        number = max(each.version for each in kept.versions) + 1
    first = kept.versions[0].effective_from
    begins = in_force_from or (version.effective_from if is_kept else first)
    if begins < first:
        raise SimulationError(
            f"{path} can't be in force from {begins}: the signed contract begins on {first}, and there is nothing to "
            "set beside it before."
        )
    if _begins_at(begins, kept.timezone) >= publication.complete_through.replace(tzinfo=None):
        raise SimulationError(
            f"{path} would be in force from {begins} only, and what is published is complete through "
            f"{publication.complete_through:%Y-%m-%d %H:%M} UTC. Choose an earlier month (FROM=2026-05)."
        )
    return version.model_copy(update={"version": number, "effective_from": begins})


def _begins_at(day: date, timezone: str) -> datetime:
    """A day's midnight as naive UTC."""
    return local_to_utc(datetime.combine(day, time()), ZoneInfo(timezone))


def _under(draft: ContractVersion, kept: Contracts) -> InForce:
    """The draft in force from its month on, and the signed versions before it."""
    others = [each for each in kept.versions if each.version != draft.version]
    contracts = replace(kept, versions=(*others, draft))
    at = _begins_at(draft.effective_from, kept.timezone)
    return InForce(
        contracts, draft_in_force(contract_tables(contracts), draft.version, draft.effective_from, at)
    )


def _side_by_side(settings: Settings, replayed: Path) -> SideBySide:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for side, file in ((SIGNED, settings.published / WAREHOUSE_FILE_NAME), (DRAFT, replayed)):
            connection.execute(f"attach {literal(str(file))} as {side} (read_only)")
        return compare(connection)


# ---------------------------------------------------------------- where it is written


@contextmanager
def _at_work(settings: Settings) -> Iterator[Path]:
    """The folder of simulations, one at a time; what a killed one left is swept."""
    folder = settings.home / SIMULATIONS
    with build_lock(folder, f"a simulation, process {os.getpid()} on {socket.gethostname()}"):
        _sweep(folder)
        try:
            yield folder
        finally:
            _sweep(folder)


def _sweep(folder: Path) -> None:
    for leftover in folder.glob(f"{PREFIX}*"):
        rmtree(leftover)


def _own_holidays(settings: Settings, folder: Path) -> Path:
    """A copy of the kept holidays: a draft's must not come into the history."""
    kept, copy = settings.history / HOLIDAYS_FOLDER, folder / f"{PREFIX}{HOLIDAYS_FOLDER}"
    if kept.is_dir():
        copytree(kept, copy)
    return copy


def _write(folder: Path, page: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """The page, and each table as CSV and Parquet; each file replaces the one before whole."""
    folder.mkdir(exist_ok=True)
    with _whole(folder / PAGE) as path:
        path.write_text(page, encoding="utf-8")
    for name, frame in tables.items():
        table = pa.Table.from_pandas(frame, preserve_index=False)
        with _whole(folder / f"{name}.csv") as path:
            pyarrow.csv.write_csv(table, path)
        with _whole(folder / f"{name}.parquet") as path:
            pq.write_table(table, path)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}")
    yield temporary
    temporary.rename(path)
