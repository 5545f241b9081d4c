"""Pulled rows into the landing folder, as ordinary extracts.

What belongs here: names of files and their text. What doesn't: where rows come from.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

LINE, EXTRACT_DATE = "line", "extract_date"


def deliver(package_file: Path, part: str, folder: Path) -> None:
    """Write what one file of a load package holds as extracts of one object into `folder`.

    The file is Parquet with a text column `extract_date` and a text column `line`: a row as a JSON
    object, or the columns as a JSON list, by which a date is delivered even without a row. A date with
    rows becomes `<date>.<part>.jsonl.gz`, one without a CSV file with a header only. Writing the same
    file again changes nothing.
    """
    table = pq.read_table(package_file, columns=[EXTRACT_DATE, LINE])
    folder.mkdir(parents=True, exist_ok=True)
    is_header = pc.starts_with(table[LINE], "[")
    for extract_date in sorted(pc.unique(table[EXTRACT_DATE]).to_pylist()):
        of_date = pc.equal(table[EXTRACT_DATE], extract_date)
        rows = table.filter(pc.and_not(of_date, is_header))[LINE]
        if len(rows):
            text = "\n".join([*rows.to_pylist(), ""])
            _put(folder / f"{extract_date}.{part}.jsonl.gz", gzip.compress(text.encode(), mtime=0))
        else:
            header = json.loads(table.filter(of_date)[LINE][0].as_py())
            _put(folder / f"{extract_date}.{part}.csv", _csv_line(header))
    _sync(folder)


def _csv_line(columns: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(columns)
    return line.getvalue().encode()


def _put(path: Path, content: bytes) -> None:
    """Ingestion passes by whatever ends in `.part`."""
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
