"""The ledger: one row per delivered file, in Parquet files to which rows are only ever added.

What belongs here: the rows' shape, writing and reading them, and what follows from their order (which delivery of a
part is in force, which is superseded). A copy of every ledger file lies in the archive, beside what it speaks of.

A delivery that is read again (its source's declaration changed, or its Parquet was deleted) gets another row with a
greater `reading`; the greatest counts. Where only its Parquet is made again, the row is added once more with the hash
of the new file; the last of the same reading counts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .files import DamagedStore, incoming_path, make_folder, move_into_place

ACCEPTED, REFUSED, REPEATED, SUPERSEDED, ERASED = "accepted", "refused", "repeated", "superseded", "erased"
# Every run that finds something adds a file. So many of them become one, or reading them would cost more every day.
FILES_UNTIL_MERGED = 64

TWICE = "twice"  # the refusal that depends on what lies beside a file, not on the file

LEDGER_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("object", pa.string()),
        ("extract_date", pa.date32()),
        ("part", pa.string()),
        ("delivery", pa.int32()),
        ("reading", pa.int32()),
        ("sha256", pa.string()),
        ("file_name", pa.string()),
        ("size_bytes", pa.int64()),
        ("outcome", pa.string()),
        ("reason", pa.string()),
        ("rows_read", pa.int64()),
        ("rows_accepted", pa.int64()),
        ("rows_quarantined", pa.int64()),
        ("rows_duplicate", pa.int64()),
        ("delivered_at", pa.timestamp("us")),
        ("ingested_at", pa.timestamp("us")),
        ("run_id", pa.string()),
        ("refusal", pa.string()),
        ("stamp", pa.string()),
        ("declaration", pa.string()),
        ("header", pa.list_(pa.string())),
        ("raw_path", pa.string()),
        ("quarantine_path", pa.string()),
        ("kept_sha256", pa.string()),
        ("rows_erased", pa.int64()),
        ("raw_sha256", pa.string()),
    ]
)


@dataclass(frozen=True)
class LedgerRow:
    """One reading of one delivery. Paths are relative to SLA_HOME; `header` is the file's own column names.

    `sha256` is the hash of what was delivered. Where rows were erased since, `kept_sha256` is that of what the archive
    keeps, without `rows_erased` of its rows; the other counts are of the rows that are kept. `raw_sha256` is the hash
    of the raw Parquet; None in rows of older versions.
    """

    source: str
    object: str
    extract_date: date
    part: str | None
    delivery: int
    reading: int
    sha256: str
    file_name: str
    size_bytes: int
    outcome: str
    reason: str | None
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_duplicate: int
    delivered_at: datetime
    ingested_at: datetime
    run_id: str
    refusal: str | None
    stamp: str
    declaration: str
    header: tuple[str, ...] | None
    raw_path: str | None
    quarantine_path: str | None
    kept_sha256: str | None = None
    rows_erased: int = 0
    raw_sha256: str | None = None

    @property
    def archived_as(self) -> str:
        """The hash by which the archive has it."""
        return self.kept_sha256 or self.sha256

    @property
    def slot(self) -> tuple[date, str | None]:
        """The date and part that a later delivery replaces."""
        return (self.extract_date, self.part)


# What every file of the ledger has, however old it is.
_OLDEST_COLUMNS = {column.name for column in fields(LedgerRow) if column.default is MISSING}


def object_folder(home: Path, source: str, object_name: str) -> Path:
    return home / "ledger" / source / object_name


def _copies_folder(home: Path, source: str, object_name: str) -> Path:
    return home / "archive" / "deliveries" / source / object_name


def append(home: Path, rows: Sequence[LedgerRow]) -> None:
    """Add rows of one source object: first to the archive's copy, then to the ledger itself.

    When there are many files, the new one holds the rows of all of them, and they go once it is in both places. A kill
    in between leaves rows that stand in two files, which says nothing else.
    """
    if not rows:
        return
    source, object_name = rows[0].source, rows[0].object
    folder, copies = object_folder(home, source, object_name), _copies_folder(home, source, object_name)
    earlier = [*_files(copies), *_files(folder)]
    name = f"{max((int(path.stem) for path in earlier), default=0) + 1:08}.parquet"
    is_merging = len(_files(folder)) >= FILES_UNTIL_MERGED
    known = _all_rows(home, source, object_name) if is_merging else []
    table = pa.Table.from_pylist([vars(row) for row in [*known, *rows]], schema=LEDGER_SCHEMA)
    for target in (copies, folder):
        temporary = incoming_path(target, name)
        pq.write_table(table, temporary, compression="zstd")
        move_into_place([(temporary, target / name)])
    if is_merging:
        for path in earlier:
            path.unlink()


def restore(home: Path, source: str, object_name: str) -> None:
    """Bring back ledger files that are missing but whose copy the archive has."""
    folder, copies = object_folder(home, source, object_name), _copies_folder(home, source, object_name)
    there = {path.name for path in _files(folder)}
    for copy in _files(copies):
        if copy.name not in there:
            temporary = incoming_path(folder, copy.name)
            shutil.copyfile(copy, temporary)
            move_into_place([(temporary, folder / copy.name)])


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.parquet")) if folder.is_dir() else []


def read_object(home: Path, source: str, object_name: str) -> list[LedgerRow]:
    """The latest reading of every delivery of a source object, in order of date, part and delivery.

    Raises DamagedStore when a file can't be read, nor its copy in the archive.
    """
    latest: dict[tuple[date, str | None, int], LedgerRow] = {}
    for row in _all_rows(home, source, object_name):
        key = (*row.slot, row.delivery)
        if key not in latest or latest[key].reading < row.reading:
            latest[key] = row
    return sorted(latest.values(), key=lambda row: (row.extract_date, part_order(row.part), row.delivery))


def _all_rows(home: Path, source: str, object_name: str) -> list[LedgerRow]:
    """Every reading of every delivery, each once."""
    names = [field.name for field in fields(LedgerRow)]
    found: dict[tuple[date, str | None, int, int], LedgerRow] = {}
    for path in _files(object_folder(home, source, object_name)):
        try:
            table = _read_file(path, _copies_folder(home, source, object_name) / path.name)
        except DamagedStore:
            if path.exists():
                raise
            return _all_rows(home, source, object_name)  # another process has just merged it with others
        for values in table.to_pylist():
            header = values["header"]
            values["header"] = None if header is None else tuple(header)
            values["rows_erased"] = values.get("rows_erased") or 0  # older files don't have the column
            row = LedgerRow(**{name: values.get(name) for name in names})
            found[(*row.slot, row.delivery, row.reading)] = row
    return list(found.values())


def _read_file(path: Path, copy: Path) -> pa.Table:
    """A file of the ledger, or its copy where the file is damaged."""
    for each in (path, copy):
        try:
            table = pq.ParquetFile(each).read()
        except (pa.ArrowException, OSError):
            continue
        if set(table.column_names) >= _OLDEST_COLUMNS:
            return table
    raise DamagedStore(
        f"The ledger's file {path} is damaged, and so is its copy {copy}. Restore either of them from a backup."
    )


def part_order(part: str | None) -> tuple[bool, bytes]:
    """Parts in order: none comes first, then by bytes."""
    return (part is not None, os.fsencode(part or ""))


def last_deliveries(rows: Sequence[LedgerRow]) -> dict[tuple[date, str | None], LedgerRow]:
    """The delivery that counts of every date and part: what was delivered last."""
    last: dict[tuple[date, str | None], LedgerRow] = {}
    for row in rows:
        if row.slot not in last or last[row.slot].delivery < row.delivery:
            last[row.slot] = row
    return last


def hashes_before_erasure(home: Path, source: str, object_name: str) -> set[str]:
    """The hashes by which the archive had, at any time, what it keeps less of now."""
    rows = _all_rows(home, source, object_name)
    erased = {(row.slot, row.delivery) for row in rows if row.kept_sha256}
    concerned = [row for row in rows if (row.slot, row.delivery) in erased]
    return {sha256 for row in concerned for sha256 in (row.sha256, row.archived_as)}


def objects_with_ledger(home: Path) -> list[tuple[str, str]]:
    """Every (source, object) of which the ledger knows something."""
    ledger = home / "ledger"
    if not ledger.is_dir():
        return []
    return sorted(
        (source.name, object_folder.name)
        for source in ledger.iterdir()
        if source.is_dir() and not source.name.startswith(".")
        for object_folder in source.iterdir()
        if object_folder.is_dir() and not object_folder.name.startswith(".")
    )


def read_ledger(home: Path) -> pa.Table:
    """One row per delivery of every source object, with `outcome` as it is now, and absolute paths.

    An accepted delivery of which rows were erased is `erased`; another whose date and part was delivered again is
    `superseded`. The columns are those of
    LEDGER_SCHEMA and `is_in_force` (a boolean: the last delivery of its date and part).
    """
    values: list[dict[str, object]] = []
    for source, object_name in objects_with_ledger(home):
        rows = read_object(home, source, object_name)
        last = last_deliveries(rows)
        for row in rows:
            in_force = last[row.slot].delivery == row.delivery
            paths = {
                name: str(home / path) if (path := getattr(row, name)) else None
                for name in ("raw_path", "quarantine_path")
            }
            value: dict[str, object] = {**vars(row), **paths, "is_in_force": in_force}
            if row.outcome == ACCEPTED and row.kept_sha256:
                value["outcome"] = ERASED
            elif row.outcome == ACCEPTED and not in_force:
                value["outcome"] = SUPERSEDED
            values.append(value)
    schema = LEDGER_SCHEMA.append(pa.field("is_in_force", pa.bool_()))
    return pa.Table.from_pylist(values, schema=schema)


def as_archived(table: pa.Table) -> pa.Table:
    """`read_ledger`'s table with `sha256` as the hash by which the archive has each delivery: it changes when rows are
    erased."""
    place = table.schema.get_field_index("sha256")
    return table.set_column(place, "sha256", pc.coalesce(table["kept_sha256"], table["sha256"]))


def prepare(home: Path, source: str, object_name: str) -> None:
    make_folder(object_folder(home, source, object_name))
    make_folder(_copies_folder(home, source, object_name))
