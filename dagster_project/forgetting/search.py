"""The search through every file, also inside gzip, zip, Parquet, DuckDB and SQLite: proof that nobody is left.

What belongs here: how each kind of file gives its texts. What doesn't: which texts name somebody (`Finder`).
"""

from __future__ import annotations

import contextlib
import gzip
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Finder = Callable[[pa.Array], npt.NDArray[np.bool_]]

BLOCK_BYTES = 1024 * 1024
OVERLAP_BYTES = 2048
ROWS_AT_ONCE = 20_000
BYTES_AT_ONCE = 16 * 1024 * 1024


def files_naming(paths: Sequence[Path], finder: Finder) -> list[Path]:
    """The files in which somebody is named, in order; each is read for what it is, whatever its name says of it."""
    found: set[Path] = set()
    waiting: list[tuple[Path, pa.Array]] = []
    size = 0

    def look() -> None:
        ends = np.cumsum([len(texts) for _, texts in waiting])
        flags = finder(pa.concat_arrays([pa.array([], pa.string()), *(texts for _, texts in waiting)]))
        owners = np.searchsorted(ends, np.flatnonzero(flags), side="right")
        found.update(waiting[owner][0] for owner in np.unique(owners))
        waiting.clear()

    for path in paths:
        for texts in texts_of(path):
            waiting.append((path, texts.cast(pa.string())))
            size += texts.nbytes
            if size >= BYTES_AT_ONCE:
                look()
                size = 0
    look()
    return [path for path in paths if path in found]


def texts_of(path: Path) -> Iterator[pa.Array]:
    """All texts of a file, its name among them."""
    yield pa.array([path.name])
    with path.open("rb") as file:
        begin = file.read(16)
        file.seek(0)
        if begin[:4] == b"PAR1":
            yield from _of_parquet(path)
        elif begin[8:12] == b"DUCK":
            yield from _of_duckdb(path)
        elif begin[:15] == b"SQLite format 3":
            yield from _of_sqlite(path)
        else:
            yield from _of_stream(file, begin)


def _of_stream(file: BinaryIO, begin: bytes) -> Iterator[pa.Array]:
    if begin[:2] == b"\x1f\x8b":
        yield from _of_blocks(gzip.GzipFile(fileobj=file))
    elif begin[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                yield pa.array([name])
                content = archive.read(name)
                yield from _of_stream(io.BytesIO(content), content[:16])
    else:
        yield from _of_blocks(file)


def _of_blocks(file: BinaryIO | gzip.GzipFile) -> Iterator[pa.Array]:
    overlap = b""
    while True:
        try:
            block = file.read(BLOCK_BYTES)
        except (EOFError, OSError, zlib.error):
            return  # damaged gzip: no reader gets further
        if not block:
            return
        piece = overlap + block
        texts = [piece.decode("utf-8", "replace")]
        if b"\0" in piece:
            texts += [
                part.decode(encoding, "replace")
                for encoding in ("utf-16-le", "utf-16-be")
                for part in (piece, piece[1:])
            ]
        yield pa.array(texts)
        overlap = piece[-OVERLAP_BYTES:]


def _of_parquet(path: Path) -> Iterator[pa.Array]:
    try:
        with duckdb.connect() as connection:
            described = connection.execute("describe from read_parquet($1)", [str(path)]).fetchall()
            for column in (row[0] for row in described if "VARCHAR" in row[1] or row[1] == "BLOB"):
                yield from _distinct(connection, column, "read_parquet($path)", {"path": str(path)})
    except duckdb.Error:
        with path.open("rb") as damaged:
            yield from _of_blocks(damaged)


def _of_duckdb(path: Path) -> Iterator[pa.Array]:
    with duckdb.connect(path, read_only=True) as connection:
        columns = connection.execute(
            """
            select columns.schema_name, columns.table_name, columns.column_name
            from duckdb_columns() as columns
            inner join duckdb_tables() as tables
                on columns.table_oid = tables.table_oid and columns.database_oid = tables.database_oid
            where
                columns.database_name = current_database()
                and (columns.data_type like '%VARCHAR%' or columns.data_type in ('JSON', 'BLOB'))
            """
        ).fetchall()
        for schema, table, column in columns:
            yield from _distinct(connection, column, f"{_quoted(schema)}.{_quoted(table)}", {})


def _distinct(
    connection: duckdb.DuckDBPyConnection, column: str, relation: str, parameters: dict[str, object]
) -> Iterator[pa.Array]:
    query = f"select distinct {_quoted(column)}::varchar as text from {relation} where {_quoted(column)} is not null"
    table = connection.sql(query, params=parameters or None).to_arrow_table()
    yield from table.column(0).chunks


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _of_sqlite(path: Path) -> Iterator[pa.Array]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for table, column in sqlite_columns(connection):
            cursor = connection.execute(
                f"select {_quoted(column)} from {_quoted(table)} where {_quoted(column)} is not null"
            )
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield pa.array([sqlite_text(value) for (value,) in rows], pa.string())
    finally:
        connection.close()


def sqlite_text(value: object) -> str:
    """A value of an SQLite column as text; Dagster keeps some of its texts compressed."""
    if not isinstance(value, bytes):
        return str(value)
    with contextlib.suppress(zlib.error):  # not compressed: searched as it is
        value = zlib.decompress(value)
    return value.decode("utf-8", "replace")


def sqlite_columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every table's columns."""
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    return [
        (table, row[1])
        for (table,) in tables
        for row in connection.execute(f'pragma table_info("{table}")').fetchall()
    ]
