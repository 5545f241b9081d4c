"""The tables `data_quality` and `quarantine_summary`: their columns, and findings made into rows.

What belongs here: one row per finding, source and object, in one order, nothing personal in its words. What doesn't:
finding anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

# Where a finding is of no source or object in particular.
EVERYWHERE = "(all)"
SEVERITIES = ("error", "warning", "note")
SHOWN_MEANINGS = 3
HIDDEN = "(hidden)"
# An address, or a number as people write phone numbers. Dates and ids aren't written so, but for groups of digits in a
# GUID: that is kept.
PERSONAL = re.compile(
    r"(?P<kept>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)"
    r"|[^\s@<>()]+@[^\s@<>()]+"
    r"|(?<![0-9A-Za-z])(?:\+[0-9][0-9 ().-]{6,16}[0-9]|\(?[0-9]{2,4}\)?[ .-][0-9]{3,4}[ .-][0-9]{4}"
    r"|[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}|[0-9]{2}(?:[ .][0-9]{2}){4})(?![0-9A-Za-z])"
)


class Column(NamedTuple):
    """A column's DuckDB type and its description."""

    duckdb_type: str
    description: str


DATA_QUALITY_DESCRIPTION = (
    "One row per finding, source and object: what is worth knowing about the data behind the figures, "
    "from what was delivered to what the data checks found."
)
DATA_QUALITY_COLUMNS = {
    "finding": Column("VARCHAR", "What was found; the same name for the same kind of finding in every run."),
    "source": Column("VARCHAR", "The source concerned; `(all)` where it is none in particular."),
    "object": Column("VARCHAR", "The object or table concerned; `(all)` where it is none in particular."),
    "count": Column("BIGINT", "How many cases: rows, files, days or people, as the meaning says."),
    "share": Column(
        "DOUBLE", "The cases as a share of all that were looked at; null where that says nothing."
    ),
    "severity": Column(
        "VARCHAR",
        "`error`: have it corrected; `warning`: look at it; `note`: worth knowing, nothing is wrong.",
    ),
    "meaning": Column("VARCHAR", "What was found, in a sentence, and what to do about it."),
}
QUARANTINE_DESCRIPTION = (
    "One row per object, extract date and reason: how many delivered rows could not be used. "
    "What a later delivery has replaced is not counted."
)
QUARANTINE_COLUMNS = {
    "source": Column("VARCHAR", "The source that delivered them."),
    "object": Column("VARCHAR", "The object that they are of."),
    "extract_date": Column("DATE", "The date of the extract."),
    "reason": Column("VARCHAR", "Why they could not be used."),
    "rows": Column("BIGINT", "How many rows."),
}
ARROW_TYPES = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "DATE": pa.date32()}


@dataclass(frozen=True)
class Found:
    """One finding. `looked_at` is what `count` is a part of, None where a share says nothing."""

    finding: str
    source: str
    object: str
    count: int
    looked_at: int | None
    severity: str
    meaning: str


def data_quality_table(findings: Iterable[Found]) -> pa.Table:
    """The table `data_quality`, in order of its key. Findings of one key become one row: their counts are added, the
    worst severity counts, and the first meanings are told."""
    by_key: dict[tuple[str, str, str], list[Found]] = {}
    for found in findings:
        key = (found.finding, _shown(found.source), _shown(found.object))
        by_key.setdefault(key, []).append(found)
    rows = [_row(key, group) for key, group in sorted(by_key.items())]
    return pa.Table.from_pylist(rows, schema=_schema(DATA_QUALITY_COLUMNS))


def _row(key: tuple[str, str, str], group: Sequence[Found]) -> dict[str, object]:
    count = sum(found.count for found in group)
    looked_at: list[int] = [found.looked_at for found in group if found.looked_at is not None]
    whole = sum(looked_at)
    told = [_shown(found.meaning) for found in group]
    meaning = " ".join(told[:SHOWN_MEANINGS])
    if len(told) > SHOWN_MEANINGS:
        meaning += f" And {len(told) - SHOWN_MEANINGS} more."
    return {
        **dict(zip(("finding", "source", "object"), key, strict=True)),
        "count": count,
        "share": count / whole if whole and len(looked_at) == len(group) else None,
        "severity": min((found.severity for found in group), key=SEVERITIES.index),
        "meaning": meaning,
    }


def _shown(text: str) -> str:
    """A text as it may be published."""
    return PERSONAL.sub(lambda found: found["kept"] or HIDDEN, text)


def quarantine_table(rows: Iterable[tuple[object, ...]]) -> pa.Table:
    """The table `quarantine_summary` of rows with the values of its columns."""
    named = [dict(zip(QUARANTINE_COLUMNS, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(named, schema=_schema(QUARANTINE_COLUMNS))


def _schema(columns: dict[str, Column]) -> pa.Schema:
    return pa.schema([(name, ARROW_TYPES[column.duckdb_type]) for name, column in columns.items()])
