"""Opening a build: the same for a run, for an earlier publication built again and for a draft's replay.

What belongs here: which inputs a build has, and what is noted in it of what it rests on. What doesn't: which
deliveries, contract and instant they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.contract import Contracts
from dagster_project.decisions.deliveries import deliveries_in_force
from dagster_project.extracts import Sources, contact_attributes, object_columns, settings_tables
from dagster_project.extracts.ledger import as_archived
from dagster_project.settings import DUCKDB, Settings, email_key
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.extract_tables import Reading
from dagster_project.warehouse.inputs import BuildInputs, open_raw
from dagster_project.warehouse.statements import load_compiled_project

CONTRACTS_FOLDER, SOURCES_FILE = "contracts", "sources.yml"
# Not a file of the user's: which models and which arithmetic made the figures.
DEFINITIONS = "definitions"
DOCUMENTS_SCHEMA = pa.schema([("name", pa.string()), ("content", pa.binary())])


def open_build(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    sources: Sources,
    timezone: str,
    complete_through: datetime,
    as_of: date | None,
    raw_files: pa.Table,
    contract_tables: Mapping[str, pa.Table],
    ledger: pa.Table,
) -> dict[str, Reading]:
    """Make the schemas `extracts` and `raw` of a new build: views over `raw_files`, what they say in the standard form,
    and the contract's and the sources' tables.

    `complete_through` is naive UTC, `contract_tables` are the contract's and its calendar's by name. Returns how each
    object's files are read. Raises BuildInputsError when that makes no build.
    """
    return open_raw(
        connection,
        BuildInputs(
            complete_through=complete_through,
            as_of_date=as_of,
            timezone=timezone,
            email_key=email_key(settings),
            raw_files=raw_files,
            object_columns=object_columns(),
            contact_attributes=contact_attributes(),
            standard_models=load_compiled_project(compiled_manifest(settings.dbt)).standard_models,
            tables={**contract_tables, **settings_tables(sources), "extract_ledger": ledger},
        ),
    )


def note_what_it_rests_on(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contracts: Contracts,
    files: pa.Table,
    ledger: pa.Table,
) -> None:
    """Write into an opened build what its publication rests on: `raw.deliveries` and `raw.documents`.

    `files` are the deliveries in force, `ledger` all that were ever made. The documents are the contract versions in
    force as of the build's instant, sources.yml, and which definitions the figures are made by: everything that could
    make the same extracts come out otherwise.
    """
    versions = {
        version for (version,) in connection.execute("select version from raw.contract_versions").fetchall()
    }
    documents = {
        f"{CONTRACTS_FOLDER}/{Path(name).name}": Path(name).read_bytes()
        for version, name in contracts.file_names.items()
        if version in versions
    }
    documents[SOURCES_FILE] = settings.sources.read_bytes()
    documents[DEFINITIONS] = definitions_document(settings)
    tables = {
        "deliveries": deliveries_in_force(files, as_archived(ledger)),
        "documents": pa.Table.from_pylist(
            [{"name": name, "content": content} for name, content in sorted(documents.items())],
            schema=DOCUMENTS_SCHEMA,
        ),
    }
    for name, table in tables.items():
        connection.register("incoming", table)
        connection.execute(f"create or replace table raw.{name} as from incoming")
        connection.unregister("incoming")


def definitions_document(settings: Settings) -> bytes:
    """Which models and which arithmetic make the figures, by the hash of their text.

    A figure that is stated otherwise after an upgrade is thereby told from one that is stated otherwise because of a
    record. Raises CompileError when the models don't compile.
    """
    attainment = hashlib.sha256()
    for path in sorted((settings.project / "dagster_project" / "attainment").glob("*.py")):
        attainment.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    models = compiled_manifest(settings.dbt).parent.name
    engine = "" if settings.engine == DUCKDB else f"engine: {settings.engine}\n"
    return f"models: {models}\nattainment: {attainment.hexdigest()[:16]}\n{engine}".encode()
