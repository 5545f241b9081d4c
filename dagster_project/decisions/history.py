"""What was published when, and what it rested on: the append-only folder `history/`.

What belongs here: the folder's layout, writing and reading it. What doesn't: what changed (`changes`) and why
(`causes`).

    history/publications/<number>-<run>/      one folder a publication, in order, never changed
        publication.json        when, by which run, complete through which instant; its documents by name and hash;
                                a hash of the deliveries that it rests on
        delivery_changes.parquet  which deliveries it is the first to rest on, and on which it rests no longer; absent
                                when nothing changed. Format 1 has deliveries.parquet instead: all it rests on
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

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.decisions.columns import Column, table_of
from dagster_project.decisions.deliveries import DELIVERY_SCHEMA, changed_deliveries, digest_of, put_together
from dagster_project.owner_only import make_private

PREPARED_PREFIX = ".prepared-"
RUN_ID_CHARACTERS = 8

# What a publication rests on: what changed since the one before it, or (format 1) all.
CHANGES_FILE, WHOLE_FILE = "delivery_changes.parquet", "deliveries.parquet"

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
    """One publication and what it rests on: its documents (name → sha256), and the digest of its deliveries
    (`digest_of`; None in a publication of format 1). Instants are UTC, with their zone."""

    number: int
    run_id: str
    published_at: datetime
    complete_through: datetime
    documents: Mapping[str, str]
    deliveries: str | None = field(default=None, compare=False)

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
    deliveries: pa.Table,
) -> Publication:
    """The publication that a run is about to make after those that are `made`; naive instants are UTC."""
    return Publication(
        number=made[-1].number + 1 if made else 1,
        run_id=run_id,
        published_at=_utc(published_at),
        complete_through=_utc(complete_through),
        documents=digests(documents),
        deliveries=digest_of(deliveries),
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
    made = publications(history)
    then = kept_deliveries(history, made[-1]) if made else DELIVERY_SCHEMA.empty_table()
    changes = changed_deliveries(then, deliveries)
    if changes.num_rows:
        _write_table(changes, folder / CHANGES_FILE)
    for name, table in additions.named():
        _write_table(table, folder / f"{name}.parquet")
    said = {
        "number": publication.number,
        "run_id": publication.run_id,
        "published_at": publication.published_at.isoformat(),
        "complete_through": publication.complete_through.isoformat(),
        "documents": dict(publication.documents),
        "deliveries": publication.deliveries,
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
    found = [_read_publication(folder / "publication.json") for folder in _folders(history)]
    return [each for each in found if until is None or each.complete_through <= _utc(until)]


def publications_table(made: Iterable[Publication]) -> pa.Table:
    """The published table `publications`; its last row is the publication that the file is."""
    return table_of(({**vars(each), "publication": each.number} for each in made), PUBLICATIONS_COLUMNS)


def rests_on_the_same(history: Path, earlier: Publication, publication: Publication) -> bool:
    """Whether a publication that is about to be made rests on just what an earlier one rests on."""
    return (
        earlier.complete_through == publication.complete_through
        and earlier.documents == publication.documents
        and digest_of(kept_deliveries(history, earlier)) == publication.deliveries
    )


def delivery_files(history: Path) -> list[Path]:
    """The Parquet files that name every delivery that any publication has rested on."""
    folders = _folders(history)
    return [
        path for each in folders for name in (WHOLE_FILE, CHANGES_FILE) if (path := each / name).is_file()
    ]


def kept_deliveries(history: Path, publication: Publication) -> pa.Table:
    """The deliveries that a publication rests on, with the columns of DELIVERY_SCHEMA.

    Raises HistoryError when what is kept of it, or of those before it, isn't what was written.
    """
    changes: list[pa.Table] = []
    for folder in _folders(history):
        if _number(folder) > publication.number:
            break
        whole, changed = folder / WHOLE_FILE, folder / CHANGES_FILE
        if whole.is_file():
            in_force = _read_table(whole)
            changes = [in_force.append_column("is_in_force", pa.repeat(pa.scalar(True), in_force.num_rows))]
        elif changed.is_file():
            changes.append(_read_table(changed))
    deliveries = put_together(changes)
    if publication.deliveries not in (None, digest_of(deliveries)):
        raise HistoryError(
            f"What {_publications_folder(history)} keeps of deliveries isn't what the publication "
            f"{publication.publication_id} rests on: a file of it, or of one before it, is missing or was changed. "
            "Restore history/ from a backup."
        )
    return deliveries


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
    tables = [_read_table(path) for path in paths if path.is_file()]
    return pa.concat_tables([schema.empty_table(), *(_with_schema(table, schema) for table in tables)])


def _read_publication(path: Path) -> Publication:
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Publication(
            number=said["number"],
            run_id=said["run_id"],
            published_at=datetime.fromisoformat(said["published_at"]),
            complete_through=datetime.fromisoformat(said["complete_through"]),
            documents=said["documents"],
            deliveries=said.get("deliveries"),
        )
    except (ValueError, KeyError) as error:
        raise HistoryError(
            f"{path} can't be read ({error}). Restore it from a backup of history/."
        ) from error


def _read_table(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise HistoryError(
            f"{path} can't be read ({error}). Restore it from a backup of history/."
        ) from error


def _publications_folder(history: Path) -> Path:
    return history / "publications"


def _folders(history: Path) -> list[Path]:
    """The folders of the publications, in order."""
    folders = [path.parent for path in _publications_folder(history).glob("[0-9]*/publication.json")]
    return sorted(folders, key=_number)


def _number(folder: Path) -> int:
    return int(folder.name.partition("-")[0])


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
