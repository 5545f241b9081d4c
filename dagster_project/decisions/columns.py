"""How this room declares its tables: each column once, with its type and its meaning.

What belongs here: the declaration and the step from rows to a typed Arrow table. What doesn't: any figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

ARROW_TYPES = {
    "DATE": pa.date32(),
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DECIMAL(38,12)": pa.decimal128(38, 12),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}

PANDAS_TYPES = {
    "DATE": "object",
    "VARCHAR": "object",
    "INTEGER": "Int32",
    "BIGINT": "Int64",
    "DOUBLE": "Float64",
    "DECIMAL(38,12)": "object",
    "BOOLEAN": "boolean",
    "TIMESTAMPTZ": "datetime64[us, UTC]",
}


class Column(NamedTuple):
    """A column's DuckDB type and its description."""

    duckdb_type: str
    description: str


Columns = Mapping[str, Column]


def schema_of(columns: Columns) -> pa.Schema:
    """The Arrow schema of a declared table."""
    return pa.schema([(name, ARROW_TYPES[column.duckdb_type]) for name, column in columns.items()])


def table_of(rows: Iterable[Mapping[str, Any]], columns: Columns) -> pa.Table:
    """Rows as a typed Arrow table; a column that a row doesn't have is null."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema_of(columns))


def frame_of(rows: Iterable[Mapping[str, Any]], columns: Columns) -> pd.DataFrame:
    """Rows as a frame whose numbers can be null: None stays None, decimals stay exact."""
    import pandas as pd  # the definitions load without it

    frame = pd.DataFrame(list(rows), columns=list(columns))
    return frame.astype({name: PANDAS_TYPES[column.duckdb_type] for name, column in columns.items()})


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as dictionaries in which every kind of missing value is None."""
    return [
        {str(name): None if _is_missing(value) else value for name, value in row.items()}
        for row in frame.to_dict(orient="records")
    ]


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_scalar(value) and pd.isna(value))
