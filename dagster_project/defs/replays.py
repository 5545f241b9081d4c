"""Building an earlier publication again, from what it rested on: as it was, or with another contract in force.

What belongs here: finding the kept deliveries, documents and holidays, and running the models over them without dbt's
start-up. What doesn't: what the result is compared with (`publications`, `simulations`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from dagster_project.contract import Contracts, calendar_tables, contract_tables, load_contracts
from dagster_project.decisions.deliveries import raw_files_of
from dagster_project.decisions.history import Publication, kept_deliveries, kept_documents
from dagster_project.defs.building import CONTRACTS_FOLDER, SOURCES_FILE, open_build
from dagster_project.extracts import DamagedStore, is_as_written, load_sources, read_ledger, restore_raw
from dagster_project.settings import Settings
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.inputs import connect_build
from dagster_project.warehouse.statements import Model, load_compiled_project, run_models

PREFIX = ".replay."
HOLIDAYS_FOLDER = "holidays"


@dataclass(frozen=True)
class InForce:
    """The contract that a replay is under: its versions, and their tables as they are to be read."""

    contracts: Contracts
    tables: Mapping[str, pa.Table]


def kept_contracts(settings: Settings, publication: Publication) -> Contracts:
    """The contract versions that a publication rests on."""
    with TemporaryDirectory() as folder:
        return load_contracts(_write_documents(settings, publication, Path(folder)) / CONTRACTS_FOLDER)


def _write_documents(settings: Settings, publication: Publication, folder: Path) -> Path:
    (folder / CONTRACTS_FOLDER).mkdir()
    for name, content in kept_documents(settings.history, publication).items():
        (folder / name).write_bytes(content)
    return folder


def is_readable(settings: Settings, publication: Publication) -> bool:
    """Whether everything that was read for a publication is there, as it was written.

    Where `raw/` was deleted or damaged, deliveries that were replaced since are not made again by a run, which doesn't
    need them: they are made again here, from the archive.
    """
    deliveries = kept_deliveries(settings.history, publication)
    if _is_there(deliveries, read_ledger(settings.home)):
        return True
    with TemporaryDirectory() as name:
        folder = _write_documents(settings, publication, Path(name))
        sources = load_sources(folder / SOURCES_FILE)
        currency = load_contracts(folder / CONTRACTS_FOLDER).currency
    wanted: dict[tuple[str, str], set[tuple[date, str | None, int]]] = {}
    for row in deliveries.to_pylist():
        wanted.setdefault((row["source"], row["object"]), set()).add(
            (row["extract_date"], row["part"], row["delivery"])
        )
    now = datetime.now(UTC).replace(tzinfo=None)
    for source in sources:
        for object_name in source.objects:
            of_object = wanted.get((source.name, object_name), set())
            try:
                restore_raw(settings.home, source, object_name, currency, of_object, "replay", now)
            except DamagedStore:
                return False
    return _is_there(deliveries, read_ledger(settings.home))


def _is_there(deliveries: pa.Table, ledger: pa.Table) -> bool:
    files = raw_files_of(deliveries, ledger)
    return all(is_as_written(Path(row["raw_path"]), row["raw_sha256"]) for row in files.to_pylist())


@contextmanager
def built_again(
    settings: Settings,
    publication: Publication,
    parent: Path,
    *,
    is_needed: Callable[[Model], bool] = lambda model: True,
    under: InForce | None = None,
    holidays: Path | None = None,
) -> Iterator[Path]:
    """The file of a publication, built again in a temporary folder of `parent`: its schema `raw`, and the models that
    are needed.

    It is `under` the kept contract, or another. `holidays` is the folder of kept holidays, to which those
    of a version used for the first time are added (default: that of the history, which has them). Raises HistoryError
    when something is no longer kept, ContractErrors and BuildInputsError when the contract can't be used.
    """
    instant = publication.complete_through.replace(tzinfo=None)
    ledger = read_ledger(settings.home)
    with TemporaryDirectory(dir=parent, prefix=PREFIX) as name:
        folder = _write_documents(settings, publication, Path(name))
        if under is None:
            contracts = load_contracts(folder / CONTRACTS_FOLDER)
            under = InForce(contracts, contract_tables(contracts))
        calendar = calendar_tables(under.contracts, instant, holidays or settings.history / HOLIDAYS_FOLDER)
        path = folder / "warehouse.duckdb"
        with connect_build(path) as connection:
            open_build(
                connection,
                settings,
                load_sources(folder / SOURCES_FILE),
                under.contracts.timezone,
                instant,
                None,
                raw_files_of(kept_deliveries(settings.history, publication), ledger),
                {**under.tables, **calendar},
                ledger,
            )
            models = load_compiled_project(compiled_manifest(settings.dbt)).models
            run_models(connection, [model for model in models if is_needed(model)])
        yield path
