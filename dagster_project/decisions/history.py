"""What was published when, and what it rested on: the append-only folder `history/`.

What belongs here: the folder's layout, writing and reading it. What doesn't: what changed (`changes`) and why
(`causes`).

    history/publications/<number>-<run>/      one folder a publication, in order, never changed
        publication.json        when, by which run, complete through which instant; its documents by name and hash
        deliveries.parquet      the deliveries that it rests on: source, object, date, part, delivery, reading, hash
        attainment.parquet      the rows that it adds to sla_attainment_history; absent when nothing changed
        plan.parquet            the rows that it adds to mql_plan_history; absent when nothing else is proposed
        restatements.parquet    the rows that it adds to sla_restatements; absent when there are none
        restatement_records.parquet
    history/documents/<sha256>                contract versions, sources.yml and other documents, each content once

A publication is kept in two steps around the moment at which the published file is replaced: `prepare` writes its
folder under a temporary name, `commit` renames it. A run that was killed in between is put right by `recover`, which
asks the published file which publication it is: so history and published file never disagree for longer than until
the next run, whenever a run is killed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.decisions.columns import Column, table_of
from dagster_project.owner_only import make_private

PREPARED_PREFIX = ".prepared-"
RUN_ID_CHARACTERS = 8

DELIVERY_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("object", pa.string()),
        ("extract_date", pa.date32()),
        ("part", pa.string()),
        ("delivery", pa.int32()),
        ("reading", pa.int32()),
        ("sha256", pa.string()),
    ]
)

PUBLICATIONS_DESCRIPTION = (
    "One row per publication: when it was made, and through when its data was complete."
)
PUBLICATIONS_COLUMNS: dict[str, Column] = {
    "publication": Column("INTEGER", "The publication, numbered in order."),
    "complete_through": Column("TIMESTAMPTZ", "The instant that it is stated as of."),
    "published_at": Column("TIMESTAMPTZ", "When it was published."),
    "run_id": Column("VARCHAR", "The run that published it."),
}


class HistoryError(RuntimeError):
    """The history can't be read or kept; the message says what to do."""


@dataclass(frozen=True)
class Publication:
    """One publication and the documents that it rests on (name → sha256). Instants are UTC, with their zone."""

    number: int
    run_id: str
    published_at: datetime
    complete_through: datetime
    documents: Mapping[str, str]

    @property
    def publication_id(self) -> str:
        return publication_id(self.number, self.run_id)


def publication_id(number: int, run_id: str) -> str:
    """What a publication's folder is called: its number and the run that made it."""
    run = "".join(character for character in run_id if character.isalnum())
    return f"{number:06d}-{run[:RUN_ID_CHARACTERS]}"


def _no_rows() -> pa.Table:
    return pa.table({})


@dataclass(frozen=True)
class Additions:
    """What a publication adds to the history's tables."""

    attainment: pa.Table = field(default_factory=_no_rows)
    plan: pa.Table = field(default_factory=_no_rows)
    restatements: pa.Table = field(default_factory=_no_rows)
    restatement_records: pa.Table = field(default_factory=_no_rows)

    def named(self) -> Iterable[tuple[str, pa.Table]]:
        for name in ("attainment", "plan", "restatements", "restatement_records"):
            table = getattr(self, name)
            if table.num_rows:
                yield name, table


def next_publication(
    made: Sequence[Publication],
    run_id: str,
    published_at: datetime,
    complete_through: datetime,
    documents: Mapping[str, bytes],
) -> Publication:
    """The publication that a run is about to make after those that are `made`; naive instants are UTC."""
    return Publication(
        number=made[-1].number + 1 if made else 1,
        run_id=run_id,
        published_at=_utc(published_at),
        complete_through=_utc(complete_through),
        documents=digests(documents),
    )


def digests(documents: Mapping[str, bytes]) -> dict[str, str]:
    """The documents' hashes by name, as a publication names them."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(documents.items())}


def prepare(
    history: Path,
    publication: Publication,
    documents: Mapping[str, bytes],
    deliveries: pa.Table,
    additions: Additions,
) -> Path:
    """Write all that is kept of a publication under a temporary name, before the published file is replaced.

    `documents` are the contents by the names in the publication, `deliveries` those that it rests on
    (`deliveries_in_force`). Returns the prepared folder. What an earlier run left prepared is removed: `recover` has to
    be called first.
    """
    make_private(history)
    for name, digest in publication.documents.items():
        _keep_document(history, digest, documents[name])
    folder = _publications_folder(history) / f"{PREPARED_PREFIX}{publication.publication_id}"
    _discard_prepared(history)
    folder.mkdir(parents=True)
    _write_table(deliveries.cast(DELIVERY_SCHEMA), folder / "deliveries.parquet")
    for name, table in additions.named():
        _write_table(table, folder / f"{name}.parquet")
    said = {
        "number": publication.number,
        "run_id": publication.run_id,
        "published_at": publication.published_at.isoformat(),
        "complete_through": publication.complete_through.isoformat(),
        "documents": dict(publication.documents),
    }
    _write_bytes(folder / "publication.json", json.dumps(said, indent=1, ensure_ascii=False).encode())
    _sync(folder)
    return folder


def commit(history: Path, publication_id: str) -> None:
    """Make a prepared publication part of the history, now that the published file is this publication's.

    Does nothing where it is already. Raises HistoryError when it was never prepared.
    """
    folder = _publications_folder(history)
    prepared, kept = folder / f"{PREPARED_PREFIX}{publication_id}", folder / publication_id
    if kept.is_dir():
        return
    if not prepared.is_dir():
        raise HistoryError(
            f"{folder} holds nothing of the publication {publication_id}, which is the published one. "
            "Was history/ restored from an older backup, or removed? Restore published/ from the same backup, or "
            "remove it too: it is made again."
        )
    prepared.rename(kept)
    _sync(folder)


def recover(history: Path, published_id: str | None) -> None:
    """Put right what a killed run left: to be called before anything is compared with the history.

    `published_id` is the publication that the published file says it is; None when there is none. What was prepared
    for it becomes part of the history; what was prepared and never published is removed.
    """
    if published_id is not None:
        commit(history, published_id)
    _discard_prepared(history)


def publications(history: Path, until: datetime | None = None) -> list[Publication]:
    """Every publication in order; with `until`, those that were complete through no later instant.

    An as-of run looks `until` its own complete_through: it then compares with what a run made then compared with.
    """
    folder = _publications_folder(history)
    found = [
        _read_publication(path / "publication.json")
        for path in sorted(folder.glob("[0-9]*"))
        if (path / "publication.json").is_file()
    ]
    found.sort(key=lambda publication: publication.number)
    return [each for each in found if until is None or each.complete_through <= _utc(until)]


def publications_table(made: Iterable[Publication]) -> pa.Table:
    """The published table `publications`; its last row is the publication that the file is."""
    return table_of(({**vars(each), "publication": each.number} for each in made), PUBLICATIONS_COLUMNS)


def rests_on_the_same(
    history: Path, earlier: Publication, publication: Publication, deliveries: pa.Table
) -> bool:
    """Whether a publication over some deliveries rests on just what an earlier one rests on."""
    return (
        earlier.complete_through == publication.complete_through
        and earlier.documents == publication.documents
        and kept_deliveries(history, earlier).equals(deliveries.cast(DELIVERY_SCHEMA))
    )


def last_deliveries_file(history: Path) -> Path | None:
    """The file of the deliveries that the last publication rests on; None before the first."""
    return max(_publications_folder(history).glob("[0-9]*/deliveries.parquet"), default=None)


def kept_deliveries(history: Path, publication: Publication) -> pa.Table:
    """The deliveries that a publication rests on, with the columns of DELIVERY_SCHEMA."""
    return pq.read_table(_publications_folder(history) / publication.publication_id / "deliveries.parquet")


def kept_documents(history: Path, publication: Publication) -> dict[str, bytes]:
    """The documents that a publication rests on, by name. Raises HistoryError when one is no longer kept as it was."""
    documents = {}
    for name, digest in publication.documents.items():
        path = history / "documents" / digest
        content = path.read_bytes() if path.is_file() else None
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            raise HistoryError(
                f"{path} is missing or was changed: it is {name} as the publication {publication.publication_id} used "
                "it. Restore it from a backup of history/."
            )
        documents[name] = content
    return documents


def kept_rows(history: Path, name: str, made: Iterable[Publication], schema: pa.Schema) -> pa.Table:
    """All rows of one of the history's tables (`attainment`, `plan`, `restatements`, `restatement_records`) in
    order of publication, with the columns of `schema`."""
    folder = _publications_folder(history)
    paths = [folder / publication.publication_id / f"{name}.parquet" for publication in made]
    tables = [pq.read_table(path) for path in paths if path.is_file()]
    return pa.concat_tables([schema.empty_table(), *(_with_schema(table, schema) for table in tables)])


def deliveries_in_force(files: pa.Table, ledger: pa.Table) -> pa.Table:
    """What a run rests on, with the columns of DELIVERY_SCHEMA.

    `files` are the deliveries in force (source, object, extract_date, part, delivery), `ledger` the deliveries ever
    made (these columns, and reading and sha256).
    """
    with duckdb.connect() as connection:
        connection.register("files", files)
        connection.register("ledger", ledger)
        return (
            connection.sql(
                """
                select files.source, files.object, files.extract_date, files.part, files.delivery,
                    ledger.reading, ledger.sha256
                from files
                inner join ledger
                    on
                        files.source = ledger.source
                        and files.object = ledger.object
                        and files.extract_date = ledger.extract_date
                        and files.part is not distinct from ledger.part
                        and files.delivery = ledger.delivery
                order by all
                """
            )
            .to_arrow_table()
            .cast(DELIVERY_SCHEMA)
        )


def raw_files_of(deliveries: pa.Table, ledger: pa.Table) -> pa.Table:
    """Where the rows of kept deliveries lie: source, object, raw_path, for building an earlier publication again.

    Deliveries whose raw Parquet the ledger no longer knows are left out.
    """
    with duckdb.connect() as connection:
        connection.register("deliveries", deliveries)
        connection.register("ledger", ledger)
        return connection.sql(
            """
            select ledger.source, ledger.object, ledger.raw_path
            from deliveries
            inner join ledger
                on
                    deliveries.source = ledger.source
                    and deliveries.object = ledger.object
                    and deliveries.extract_date = ledger.extract_date
                    and deliveries.part is not distinct from ledger.part
                    and deliveries.delivery = ledger.delivery
            where ledger.raw_path is not null
            order by all
            """
        ).to_arrow_table()


def _read_publication(path: Path) -> Publication:
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Publication(
            number=said["number"],
            run_id=said["run_id"],
            published_at=datetime.fromisoformat(said["published_at"]),
            complete_through=datetime.fromisoformat(said["complete_through"]),
            documents=said["documents"],
        )
    except (ValueError, KeyError) as error:
        raise HistoryError(
            f"{path} can't be read ({error}). Restore it from a backup of history/."
        ) from error


def _publications_folder(history: Path) -> Path:
    return history / "publications"


def _with_schema(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A kept table as it is read now: a column that was added since is null in it."""
    columns = [
        table[column.name].cast(column.type)
        if column.name in table.column_names
        else pa.nulls(table.num_rows, column.type)
        for column in schema
    ]
    return pa.table(columns, schema=schema)


def _keep_document(history: Path, digest: str, content: bytes) -> None:
    path = history / "documents" / digest
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{digest}")
    _write_bytes(temporary, content)
    temporary.rename(path)
    _sync(path.parent)


def _discard_prepared(history: Path) -> None:
    for folder in _publications_folder(history).glob(f"{PREPARED_PREFIX}*"):
        shutil.rmtree(folder)


def _write_table(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")
    _sync(path)


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
