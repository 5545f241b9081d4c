"""All text of a file, found without the project's own search: what tests look for people in."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pyarrow.parquet as pq


def text_of(path: Path) -> str:
    """The text of a file, packed or not: as it lies on the disk, and of every table that it holds."""
    content = path.read_bytes()
    text = content.decode("latin-1")
    if content[:2] == b"\x1f\x8b":
        text += gzip.decompress(content).decode("latin-1")
    if content[:4] == b"PAR1":
        text += str(pq.read_table(path).to_pylist())
    if content[8:12] == b"DUCK":
        with duckdb.connect(path, read_only=True) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables:
                text += str(connection.execute(f'from "{schema}"."{table}"').fetchall())
    return text
