"""What is taken out where a person is mentioned by the way: in the history, in logs, in Dagster's own database.

What belongs here: the smallest change that takes the mention out. What doesn't: the figures, which the next run states
anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .search import Finder, sqlite_columns, sqlite_text

ERASED = "(erased)"
PERSONS = ("contacts", "leads")
RECORD_COLUMN, LISTED_COLUMN = "record_id", "records"


def forget_in_history(path: Path, finder: Finder) -> None:
    """Take records of contacts and leads that name somebody out of one of the history's Parquet files: their own rows
    go, and so do they from the list of a restatement, whose figures and counts stay."""
    table = pq.read_table(path)
    rewritten = table
    if RECORD_COLUMN in table.column_names:
        records = table[RECORD_COLUMN].combine_chunks()
        is_person = pc.is_in(table["object"], pa.array(PERSONS)).to_numpy()
        rewritten = table.filter(pa.array(~(finder(records) & is_person)))
    if LISTED_COLUMN in table.column_names:
        place = table.column_names.index(LISTED_COLUMN)
        listed = [_without(text, finder) for text in table[LISTED_COLUMN].to_pylist()]
        rewritten = table.set_column(
            place, table.schema.field(place), pa.array(listed, table.schema.field(place).type)
        )
    if rewritten is not table and not rewritten.equals(table):
        _replace(path, lambda temporary: pq.write_table(rewritten, temporary, compression="zstd"))


def _without(text: str | None, finder: Finder) -> str | None:
    """A restatement's records (`contacts C1, touches T2`) without the persons that name somebody."""
    if not text:
        return text
    records = text.split(", ")
    flags = finder(pa.array(records))
    return ", ".join(
        record
        for record, is_named in zip(records, flags, strict=True)
        if not (is_named and record.split(" ")[0] in PERSONS)
    )


def forget_in_log(path: Path, finder: Finder) -> None:
    """Rewrite a text file without the lines that name somebody."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    kept = [
        line
        for line, is_named in zip(lines, finder(pa.array(lines, pa.string())), strict=True)
        if not is_named
    ]
    _replace(path, lambda temporary: temporary.write_text("".join(kept), encoding="utf-8"))


def forget_in_database(path: Path, finder: Finder) -> None:
    """Overwrite every value of an SQLite database that names somebody, and give up the pages that held it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("pragma secure_delete = on")
        for table, column in sqlite_columns(connection):
            rows = connection.execute(
                f'select rowid, "{column}" from "{table}" where "{column}" is not null'
            ).fetchall()
            flags = finder(pa.array([sqlite_text(value) for _, value in rows], pa.string()))
            for place in np.flatnonzero(flags):
                connection.execute(
                    f'update "{table}" set "{column}" = ? where rowid = ?', (ERASED, rows[place][0])
                )
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
    finally:
        connection.close()


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    write(temporary)
    temporary.chmod(path.stat().st_mode & 0o777)
    descriptor = os.open(temporary, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
