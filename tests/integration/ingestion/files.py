"""The contents of extracts, for tests: one table as CSV, JSON lines or Parquet."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

TOUCHES = "touch_id,contact_id,occurred_at,touch_type"
GOOD_TOUCH = "t1,k1,2026-01-05T10:00:00Z,email_open"
SPEND = "campaign_id,spend_date,amount,currency"
OPPORTUNITIES = "opportunity_id,created_at,updated_at,lead_id,amount,currency,is_closed,is_won,closed_at"


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


HEADER_ONLY = lines(TOUCHES)
WHOLE = lines(TOUCHES, GOOD_TOUCH)


def as_jsonl(csv_text: str) -> str:
    """The same rows as JSON lines; an empty field is null."""
    header, *rows = csv_text.strip("\n").split("\n")
    names = header.split(",")
    return lines(
        *(
            json.dumps({name: value or None for name, value in zip(names, row.split(","), strict=True)})
            for row in rows
        )
    )


def as_parquet(csv_text: str) -> bytes:
    """The same rows as Parquet, every column text."""
    header, *rows = csv_text.strip("\n").split("\n")
    fields = [row.split(",") for row in rows]
    columns = {
        name: pa.array([row[place] or None for row in fields], pa.string())
        for place, name in enumerate(header.split(","))
    }
    return parquet(pa.table(columns))


def parquet(table: pa.Table, compression: str = "snappy") -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, compression=compression)
    return file.getvalue()


def sparse(path: Path, size_bytes: int) -> None:
    """Make a file of nothing but a hole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size_bytes)


# By the ending of the name: how rows are written, and how far line numbers are behind those of CSV.
FORMATS: dict[str, tuple[Callable[[str], str | bytes], int]] = {
    "csv": (str, 0),
    "csv.gz": (lambda text: gzip.compress(text.encode()), 0),
    "jsonl": (as_jsonl, 1),
    "jsonl.gz": (lambda text: gzip.compress(as_jsonl(text).encode()), 1),
    "parquet": (as_parquet, 1),
}
