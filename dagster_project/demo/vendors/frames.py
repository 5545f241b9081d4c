"""Between the history's tables and pandas, in which the vendors' shapes are made.

What belongs here: conversions that every vendor needs. What doesn't: any vendor's column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from ..draws import Whole
from ..files import Extract
from ..history import History
from .ids import numbers_of

PREFIXES = {
    "contact_id": "C",
    "merged_into_contact_id": "C",
    "lead_id": "L",
    "user_id": "U",
    "owner_id": "U",
    "changed_by_id": "U",
    "opportunity_id": "O",
    "activity_id": "A",
    "meeting_id": "M",
    "touch_id": "T",
    "history_id": "H",
    "campaign_id": "CAMP-",
}


def frame_of(history: History, object_name: str) -> pd.DataFrame:
    """A standard object's rows, its ids as numbers (-1 for none) and its days as dates at midnight."""
    table = history.table(object_name)
    for place, column in enumerate(table.schema):
        if column.name in PREFIXES:
            numbers = pa.array(numbers_of(table[column.name], PREFIXES[column.name]))
            table = table.set_column(place, column.name, numbers)
        elif pa.types.is_date(column.type):
            table = table.set_column(place, column.name, table[column.name].cast(pa.timestamp("s")))
    frame: pd.DataFrame = table.to_pandas()
    return frame


def numbers(column: pd.Series[Any]) -> Whole:
    """A column of ids as an array of whole numbers."""
    found: Whole = column.to_numpy(dtype="int64")
    return found


def extract_of(
    name: str, columns: Mapping[str, Any], delivered_on: pd.Series[Any], *, every_day: bool = True
) -> Extract:
    """An object with those columns, its rows in the order in which they are delivered.

    A column is a pandas series, an Arrow array, or one value for all rows; `delivered_on` are midnights.
    """
    size = len(delivered_on)
    table = pa.table({column: _column(values, size) for column, values in columns.items()})
    order = pa.array(delivered_on.reset_index(drop=True).sort_values(kind="stable").index)
    return Extract(name, table.append_column("delivered_on", dates(delivered_on)).take(order), every_day)


def _column(values: Any, size: int) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, str | bool):
        return pa.repeat(values, size)
    column = pa.array(values, from_pandas=True)
    return column.cast(pa.timestamp("s")) if pa.types.is_timestamp(column.type) else column


def dates(midnights: pd.Series[Any]) -> pa.Array:
    """Midnights as dates."""
    return pa.array(midnights, from_pandas=True).cast(pa.timestamp("s")).cast(pa.date32())


def local_dates(history: History, instants: pd.Series[Any]) -> pa.Array:
    """The local dates of UTC instants."""
    local = instants + pd.Timedelta(seconds=history.utc_offset_seconds)
    return dates(local.dt.floor("D"))
