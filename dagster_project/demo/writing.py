"""Writing a history as extracts of the standard family.

What belongs here: files, their names and their text. What doesn't: what is in the history. Another
vendor's family is another writer of the same history.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .clock import day_number
from .company import DEMO_PEOPLE, DEMO_SEED
from .history import CRM_OBJECTS, DUMPED_OBJECTS, MARKETING_OBJECTS, History
from .simulation import simulate

MARKER_NAME = ".demo"
FORMAT_VERSION = 1
"""Raised whenever the same seed gives other files than before."""

ROWS_AT_ONCE = 1_000_000
_NEEDS_QUOTES = '[",\r\n]'
_TEXT = pa.large_string()
_NOTHING = pa.scalar("", _TEXT)
_QUOTE = pa.scalar('"', _TEXT)

Progress = Callable[[str], None]


def write_extracts(history: History, folder: Path, progress: Progress | None = None) -> None:
    """Write `folder/<source>/<object>/<extract_date>.csv` for every object and day.

    The sources are `marketing`, whose timestamps are in UTC and say so, and `crm`, whose timestamps
    are local without an offset. An object of changes has a file each day, on a quiet day with the
    header only; users and campaigns have a whole dump now and then. Each file is renamed into its
    place when it is complete. `progress` is told what is being written.
    """
    for source, object_names in (("marketing", MARKETING_OBJECTS), ("crm", CRM_OBJECTS)):
        for object_name in object_names:
            table = history.table(object_name)
            if progress is not None:
                progress(f"{source}/{object_name}: {table.num_rows:,} rows")
            target = folder / source / object_name
            target.mkdir(parents=True, exist_ok=True)
            is_local = source == "crm"
            _write_object(history, table, target, is_local, object_name not in DUMPED_OBJECTS)


def _write_object(history: History, table: pa.Table, target: Path, is_local: bool, every_day: bool) -> None:
    delivered = table["delivered_on"].cast(pa.int32()).to_numpy()
    columns = table.drop_columns(["delivered_on"])
    header = (",".join(columns.column_names) + "\n").encode()
    first, last = day_number(history.first_day), day_number(history.last_day)
    starts = np.searchsorted(delivered, np.arange(first, last + 2))
    day = first
    while day <= last:
        # As many whole days as make a batch of moderate size, so that memory stays bounded.
        begin = int(starts[day - first])
        end_day = max(int(np.searchsorted(starts, begin + ROWS_AT_ONCE, side="right")) - 1 + first, day + 1)
        end_day = min(end_day, last + 1)
        batch = columns.slice(begin, int(starts[end_day - first]) - begin)
        text, offsets = _lines(history, batch, is_local)
        for number in range(day, end_day):
            rows = slice(int(starts[number - first]) - begin, int(starts[number + 1 - first]) - begin)
            if every_day or rows.start < rows.stop:
                extract_date = history.first_day + timedelta(days=number - first)
                _write_file(target, extract_date, header, text[offsets[rows.start] : offsets[rows.stop]])
        day = end_day


def _write_file(target: Path, extract_date: date, header: bytes, body: memoryview) -> None:
    unfinished = target / f"{extract_date.isoformat()}.csv.part"
    with unfinished.open("wb") as file:
        file.write(header)
        file.write(body)
    unfinished.rename(target / f"{extract_date.isoformat()}.csv")


def _lines(history: History, batch: pa.Table, is_local: bool) -> tuple[memoryview, np.ndarray]:
    """(the rows' CSV lines one after the other, where each begins and the last one ends)."""
    if not batch.num_rows:
        return memoryview(b""), np.zeros(1, dtype=np.int64)
    fields = [_as_text(history, column.combine_chunks(), is_local) for column in batch.columns]
    joined = pc.binary_join_element_wise(
        *fields, pa.scalar(",", _TEXT), null_handling="replace", null_replacement=""
    )
    ended = pc.binary_join_element_wise(joined, pa.scalar("\n", _TEXT), _NOTHING)
    assert ended.offset == 0
    _, offsets, text = ended.buffers()
    return memoryview(text), np.frombuffer(offsets, dtype=np.int64, count=batch.num_rows + 1)


def _as_text(history: History, column: pa.Array, is_local: bool) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        if is_local:
            local = pc.add(column, pa.scalar(history.utc_offset_seconds, pa.duration("s")))
            return local.cast(_TEXT)
        text = pc.binary_replace_slice(column.cast(_TEXT), 10, 11, "T")
        return pc.binary_join_element_wise(text, pa.scalar("Z", _TEXT), _NOTHING)
    text = column.cast(_TEXT)
    if not pa.types.is_string(column.type):
        return text
    quoted = pc.binary_join_element_wise(_QUOTE, pc.replace_substring(text, '"', '""'), _QUOTE, _NOTHING)
    return pc.if_else(pc.match_substring_regex(text, _NEEDS_QUOTES), quoted, text)


def is_demo(folder: Path) -> bool:
    """Whether an extracts folder is one that `write_demo` wrote."""
    return _marker(folder) is not None


def write_demo(folder: Path, progress: Progress | None = None) -> bool:
    """Write the demo company's extracts into `folder`; False if they are there already.

    The folder appears whole or not at all: it is written beside its place under a name that begins
    with a dot, its marker last, and then renamed. Raises FileExistsError when `folder` holds
    anything that isn't a demo.
    """
    marker = {"seed": DEMO_SEED, "people": DEMO_PEOPLE, "format_version": FORMAT_VERSION}
    found = _marker(folder)
    if found == marker:
        return False
    if found is None and folder.exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"{folder} holds extracts that are not the demo's; nothing was written there. "
            "Choose another SLA_HOME for the demo, or set SLA_EXTRACTS to use these extracts."
        )
    unfinished = folder.parent / f".{folder.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    if progress is not None:
        progress(f"simulating {DEMO_PEOPLE:,} people of an invented company")
    write_extracts(simulate(DEMO_SEED, DEMO_PEOPLE), unfinished, progress)
    (unfinished / MARKER_NAME).write_text(json.dumps(marker, sort_keys=True) + "\n", encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    unfinished.rename(folder)
    return True


def _marker(folder: Path) -> dict[str, int] | None:
    path = folder / MARKER_NAME
    if not path.is_file():
        return None
    try:
        marker = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return marker if isinstance(marker, dict) else None
