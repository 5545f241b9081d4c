"""What the readers of all formats hand on: text by column, and the rows that can't be used.

A chunk is a few megabytes of one file. All of its values are text, trimmed, with null for what is empty; what they mean
is decided once, for all formats, afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.column_names import loose_name
from dagster_project.contact_details import without_contact_details

from .declarations import ObjectDeclaration, Reason
from .text_stream import RefusedFile

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

LARGEST_FIELD_BYTES = 1024 * 1024
KEPT_OF_LARGE_ROW_BYTES = 1024 * 1024
"""Of a row that is too large to be held: what quarantine keeps of it."""
MOST_COLUMNS = 2000
# Of rows with many columns fewer are taken at once: a null that takes no room in a file takes some in memory.
CELLS_AT_ONCE = 4_000_000
SHOWN_NAMES = 50
SPACE = 0x20
NO_WORD = re.compile(r"\W+")


@dataclass(frozen=True)
class BadRows:
    """Rows for quarantine: same length each. `columns` and `texts` may be null."""

    lines: Integers
    reasons: pa.Array
    columns: pa.Array
    texts: pa.Array

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Chunk:
    """Rows of one file whose structure is sound.

    `columns`: text by the listed column's name, else by the loose name. `lines`: of each row. `texts(rows)`: the rows'
    text as it stands in the file. `bad`: the chunk's rows whose structure is not sound. `unusable`: which of the sound
    ones go to quarantine all the same, with the reason and the column.
    """

    columns: Mapping[str, pa.StringArray]
    lines: Integers
    texts: Callable[[Integers], pa.Array]
    bad: Sequence[BadRows] = ()
    unusable: Sequence[tuple[Reason, str | None, Flags]] = ()


def bad_rows(lines: Integers, reason: Reason, texts: pa.Array, column: str | None = None) -> BadRows:
    """Rows that share a reason."""
    count = len(lines)
    return BadRows(
        lines=lines,
        reasons=pa.repeat(pa.scalar(str(reason)), count),
        columns=pa.repeat(pa.scalar(column, pa.string()), count),
        texts=texts,
    )


def match_columns(header: Sequence[str], declaration: ObjectDeclaration) -> list[str]:
    """The name of each column of a file: the listed one that it goes by, else its loose name.

    Raises RefusedFile when there are too many, when two match one name or a required one is missing, naming those found
    and missing.
    """
    if len(header) > MOST_COLUMNS:
        raise RefusedFile(
            f"{len(header):,} columns, where at most {MOST_COLUMNS:,} are read. Deliver one table a file."
        )
    loose = [loose_name(name) or f"unnamed{position}" for position, name in enumerate(header, 1)]
    is_header = _names_columns(header, declaration)
    found = (
        _listed(header)
        if is_header or not header
        else f"{len(header):,} fields, none of which names a column of {declaration.name}, as if without a header"
    )
    doubled = (
        sorted({name for name in loose if loose.count(name) > 1}) if len(set(loose)) < len(loose) else []
    )
    unnamed = [name for name in header if not loose_name(name)]
    if doubled or len(unnamed) > 1:
        twice = [original for original, name in zip(header, loose, strict=True) if name in doubled]
        what = (
            "columns that are one after the loose matching" if doubled else "several columns without a name"
        )
        which = f": {_listed(twice)}" if doubled and is_header else ""
        raise RefusedFile(f"{what}{which}. Found: {found}. Deliver each column once.")
    names = declaration.listed_names(loose)
    missing = [name for name in declaration.required_columns if name not in names]
    if missing:
        raise RefusedFile(
            f"missing required columns: {', '.join(missing)}. Found: {found}. Add the missing columns"
            + ("; the header holds NUL bytes, as UTF-16 read as UTF-8 does." if _holds_nul(header) else ".")
        )
    if declaration.any_of and not set(declaration.any_of) & set(names):
        raise RefusedFile(
            f"missing required columns: {' or '.join(declaration.any_of)}. Found: {found}. Add one of them."
        )
    if _holds_nul(header):
        raise RefusedFile("a column's name holds a NUL byte. Deliver the file as text.")
    return names


def _holds_nul(header: Sequence[str]) -> bool:
    return any("\0" in name for name in header)


def rows_at_once(columns: int, most: int) -> int:
    """How many rows with so many columns are taken at once."""
    return max(1, min(most, CELLS_AT_ONCE // max(columns, 1)))


def settled(
    columns: Mapping[str, pa.StringArray],
) -> tuple[dict[str, pa.StringArray], list[tuple[Reason, str | None, Flags]]]:
    """The columns trimmed, and which rows have a field that is too large."""
    too_large: list[tuple[Reason, str | None, Flags]] = []
    for name, values in columns.items():
        lengths = pc.binary_length(values)
        longest = pc.max(lengths).as_py()
        if longest is not None and longest > LARGEST_FIELD_BYTES:
            flags = pc.fill_null(pc.greater(lengths, LARGEST_FIELD_BYTES), False)
            too_large.append((Reason.FIELD_TOO_LARGE, name, flags.to_numpy(zero_copy_only=False)))
    return {name: trimmed(values) for name, values in columns.items()}, too_large


def _names_columns(header: Sequence[str], declaration: ObjectDeclaration) -> bool:
    """Whether a header is one: a file without it has somebody's data in its place, which nothing may show."""
    words = (word for name in header for word in (name, *NO_WORD.split(name)))
    return any(loose_name(word) in declaration.by_loose_name for word in words)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(_shown(name) for name in names[:SHOWN_NAMES]) or "none"
    return shown if len(names) <= SHOWN_NAMES else f"{shown} and {len(names) - SHOWN_NAMES:,} more"


def _shown(name: str) -> str:
    """A column's name as it is shown."""
    name = without_contact_details(name)
    return name if len(name) <= 60 else name[:59] + "…"


def trimmed(values: pa.StringArray) -> pa.StringArray:
    """Values without white space around them (what Python's str.strip removes), and null for what is empty."""
    if len(values) == values.null_count:
        return values
    _, offsets_buffer, data_buffer = values.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[values.offset : values.offset + len(values) + 1]
    data = np.frombuffer(data_buffer or b"", dtype=np.uint8)
    starts, ends = offsets[:-1], offsets[1:]
    filled = ends > starts
    if not filled.all():
        if values.null_count < int(len(filled) - filled.sum()):
            values = pc.if_else(pa.array(filled), values, pa.scalar(None, pa.string()))
        starts, ends = starts[filled], ends[filled]
    first, last = data[starts], data[ends - 1]
    if not ((first <= SPACE) | (last <= SPACE) | (first >= 0x80) | (last >= 0x80)).any():
        return values
    values = pc.utf8_trim_whitespace(values)
    return pc.if_else(pc.equal(pc.binary_length(values), 0), pa.scalar(None, pa.string()), values)


def slices_of(data: npt.NDArray[np.uint8], starts: Integers, ends: Integers) -> pa.StringArray:
    """The texts between `starts` and `ends` of a buffer of UTF-8, as an array."""
    lengths = ends - starts
    offsets = np.zeros(len(starts) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    positions = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
    buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data[positions])]
    return pa.StringArray.from_buffers(len(starts), buffers[1], buffers[2])
