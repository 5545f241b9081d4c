"""The reader that a file's name asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from .csv_reader import CsvReader
from .declarations import ObjectDeclaration
from .jsonl_reader import JsonlReader
from .landing import ExtractName
from .parquet_reader import ParquetReader
from .rows import Chunk
from .sources import Source
from .text_stream import text_blocks


def read_chunks(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: ExtractName,
    source: Source,
    declaration: ObjectDeclaration,
) -> tuple[CsvReader | JsonlReader | ParquetReader, Iterator[Chunk]]:
    """A file's reader and its chunks of rows, which raise RefusedFile for a file that can't be used."""
    if name.kind == "csv":
        csv_reader = CsvReader(declaration, source.delimiter)
        return csv_reader, csv_reader.chunks(text_blocks(path, name.is_compressed, source))
    if name.kind == "jsonl":
        jsonl_reader = JsonlReader(connection, declaration, source)
        return jsonl_reader, jsonl_reader.chunks(lambda: text_blocks(path, name.is_compressed, source))
    parquet_reader = ParquetReader(connection, declaration, source)
    return parquet_reader, parquet_reader.chunks(path)
