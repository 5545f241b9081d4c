"""Tables as CSV extracts: a file for each day.

What belongs here: files, their names and their text. What doesn't: what the columns are called, and
which tables there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .clock import day_number

ROWS_AT_ONCE = 1_000_000
_NEEDS_QUOTES = '[",\r\n]'
_TEXT = pa.large_string()

InstantText = Callable[[pa.Array], pa.Array]
"""Naive UTC timestamps with whole seconds → their text."""


@dataclass(frozen=True)
class Extract:
    """One object of a source, as it is delivered.

    `table` has the columns of the files, and `delivered_on`, in whose order its rows stand. An object
    of changes has a file for every day; another only for the days on which rows were delivered.
    """

    name: str
    table: pa.Table
    every_day: bool = True


def zulu(instants: pa.Array) -> pa.Array:
    """`2026-02-14T09:30:00Z`"""
    text = pc.binary_replace_slice(instants.cast(_TEXT), 10, 11, "T")
    return pc.binary_join_element_wise(text, _text("Z"), _text(""))


def local(utc_offset_seconds: int) -> InstantText:
    """`2026-02-14 03:30:00`, on the clock of a place, without saying so."""
    return lambda instants: pc.add(instants, pa.scalar(utc_offset_seconds, pa.duration("s"))).cast(_TEXT)


def write_files(
    extract: Extract, target: Path, first_day: date, last_day: date, instant: InstantText
) -> None:
    """Write `target/<extract_date>.csv`, each renamed into its place when it is complete."""
    target.mkdir(parents=True, exist_ok=True)
    delivered = extract.table["delivered_on"].cast(pa.int32()).to_numpy()
    columns = extract.table.drop_columns(["delivered_on"])
    header = (",".join(columns.column_names) + "\n").encode()
    first, last = day_number(first_day), day_number(last_day)
    starts = np.searchsorted(delivered, np.arange(first, last + 2))
    day = first
    while day <= last:
        # As many whole days as make a batch of moderate size, so that memory stays bounded.
        begin = int(starts[day - first])
        end_day = max(int(np.searchsorted(starts, begin + ROWS_AT_ONCE, side="right")) - 1 + first, day + 1)
        end_day = min(end_day, last + 1)
        batch = columns.slice(begin, int(starts[end_day - first]) - begin)
        text, offsets = _lines(batch, instant)
        for number in range(day, end_day):
            rows = slice(int(starts[number - first]) - begin, int(starts[number + 1 - first]) - begin)
            if extract.every_day or rows.start < rows.stop:
                extract_date = first_day + timedelta(days=number - first)
                _write_file(target, extract_date, header, text[offsets[rows.start] : offsets[rows.stop]])
        day = end_day


def _write_file(target: Path, extract_date: date, header: bytes, body: memoryview) -> None:
    unfinished = target / f"{extract_date.isoformat()}.csv.part"
    with unfinished.open("wb") as file:
        file.write(header)
        file.write(body)
    unfinished.rename(target / f"{extract_date.isoformat()}.csv")


def _lines(batch: pa.Table, instant: InstantText) -> tuple[memoryview, np.ndarray]:
    """(the rows' CSV lines one after the other, where each begins and the last one ends)."""
    if not batch.num_rows:
        return memoryview(b""), np.zeros(1, dtype=np.int64)
    fields = [_as_text(column.combine_chunks(), instant) for column in batch.columns]
    joined = pc.binary_join_element_wise(*fields, _text(","), null_handling="replace", null_replacement="")
    ended = pc.binary_join_element_wise(joined, _text("\n"), _text(""))
    assert ended.offset == 0
    _, offsets, text = ended.buffers()
    return memoryview(text), np.frombuffer(offsets, dtype=np.int64, count=batch.num_rows + 1)


@cache
def _text(text: str) -> pa.Scalar:
    """An Arrow text. Made when it is first needed: Arrow then imports pandas, without which the definitions load."""
    return pa.scalar(text, _TEXT)


def _as_text(column: pa.Array, instant: InstantText) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        return instant(column)
    text = column.cast(_TEXT)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return text
    quoted = pc.binary_join_element_wise(
        _text('"'), pc.replace_substring(text, '"', '""'), _text('"'), _text("")
    )
    return pc.if_else(pc.match_substring_regex(text, _NEEDS_QUOTES), quoted, text)
