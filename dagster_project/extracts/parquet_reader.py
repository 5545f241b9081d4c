"""Parquet → chunks of rows as text: its types become the texts that CSV would hold, so that one set of rules holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .declarations import ObjectDeclaration, Reason
from .rows import Chunk, Flags, Integers, match_columns, rows_at_once, settled
from .sources import Source
from .sql import run_sql
from .text_stream import RefusedFile

ROWS_AT_ONCE = 32 * 1024
BYTES_AT_ONCE = 64 * 1024 * 1024
SMALL_CHUNK_BYTES = 64 * 1024 * 1024
LAST_SECOND = 253_402_300_799  # of the year 9999, since 1970
UNITS_A_SECOND = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}
LARGEST_INT64 = 2**63 - 1


class ParquetReader:
    """Reads one file. `header` holds its column names once the first chunk was asked for."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, declaration: ObjectDeclaration, source: Source
    ) -> None:
        self.connection = connection
        self.declaration = declaration
        self.source = source
        self.header: tuple[str, ...] = ()

    def chunks(self, path: Path) -> Iterator[Chunk]:
        """The file's rows; a row's line is its number from 1. Raises RefusedFile."""
        try:
            texts = [field.name for field in pq.read_schema(path) if _is_text(field.type)]
            with pq.ParquetFile(path, read_dictionary=texts) as file:
                self.header = tuple(file.schema_arrow.names)
                names = match_columns(self.header, self.declaration)
                self._check_sizes(file.metadata)
                first_row = 1
                rows = rows_at_once(len(names), ROWS_AT_ONCE)
                for batch in file.iter_batches(batch_size=rows, use_threads=False):
                    for part in _bounded(batch):
                        yield self._chunk(part, names, first_row)
                        first_row += part.num_rows
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the machine's doing, not the file's
            raise RefusedFile(
                f"damaged Parquet: {str(error).splitlines()[0]} Deliver the file again."
            ) from error

    def _check_sizes(self, metadata: pq.FileMetaData) -> None:
        """Refuse what would not fit when it is expanded."""
        limits = self.source.limits
        expanded = 0
        for group in range(metadata.num_row_groups):
            for column in range(metadata.num_columns):
                chunk = metadata.row_group(group).column(column)
                expanded += chunk.total_uncompressed_size
                allowed = max(SMALL_CHUNK_BYTES, limits.expansion_ratio * chunk.total_compressed_size)
                if chunk.total_uncompressed_size > allowed:
                    raise RefusedFile(
                        f"the column {chunk.path_in_schema} expands to more than {limits.expansion_ratio} times its "
                        "size (limits.expansion_ratio in sources.yml)"
                    )
        if expanded > limits.expanded_bytes:
            raise RefusedFile(
                f"expands to more than {limits.expanded_bytes:,} bytes (limits.expanded_bytes in sources.yml)"
            )

    def _chunk(self, batch: pa.RecordBatch, names: list[str], first_row: int) -> Chunk:
        columns: dict[str, pa.StringArray] = {}
        nested: list[tuple[Reason, str | None, Flags]] = []
        listed = {column.name for column in self.declaration.columns}
        for position, name in enumerate(names):
            values = batch.column(position)
            columns[name] = self._text_of(values, self.header[position])
            if pa.types.is_nested(values.type) and name in listed:
                flags = values.is_valid().to_numpy(zero_copy_only=False)
                nested.append((Reason.UNREADABLE_VALUE, name, flags))
        columns, unusable = settled(columns)
        for name, values in columns.items():
            has_nul = _with_nul(values)
            if has_nul is not None:
                unusable.append((Reason.NUL_BYTE, name, has_nul))
        kept = columns

        def texts_of(rows: Integers) -> pa.Array:
            taken = pa.table({name: values.take(pa.array(rows)) for name, values in kept.items()})
            query = "select to_json(incoming)::varchar as row_text from incoming"
            result = run_sql(self.connection, query, incoming=taken)
            return result.column(0).combine_chunks().cast(pa.string())

        return Chunk(columns, first_row + np.arange(batch.num_rows), texts_of, (), [*unusable, *nested])

    def _text_of(self, values: pa.Array, title: str) -> pa.StringArray:
        try:
            return self._as_text(values, title)
        except (duckdb.Error, pa.ArrowException) as error:
            raise RefusedFile(
                f"the column {title} holds values of the type {values.type} that can't be read. Deliver it as text."
            ) from error

    def _as_text(self, values: pa.Array, title: str) -> pa.StringArray:
        kind = values.type
        if pa.types.is_dictionary(kind):
            values, kind = values.dictionary_decode(), kind.value_type
        if pa.types.is_null(kind):
            return pa.nulls(len(values), pa.string())
        if pa.types.is_boolean(kind):
            return values.cast(pa.string())
        if _is_text(kind):
            return self._checked_text(values, title)
        if pa.types.is_timestamp(kind):
            return self._timestamps_as_text(values)
        if pa.types.is_date(kind):
            return self._by_sql(values.cast(pa.date32()), "strftime(value, '%Y-%m-%d')")
        if pa.types.is_float16(kind):
            values = values.cast(pa.float32())
        if pa.types.is_decimal256(kind):
            texts = values.cast(pa.string())
            return pc.replace_substring(texts, ".", ",") if self.source.decimal == "," else texts
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            number = "value::varchar"
            return self._by_sql(
                values, f"replace({number}, '.', ',')" if self.source.decimal == "," else number
            )
        if pa.types.is_nested(kind):
            # On a connection of its own, since what the engine can't convert makes it give up for good.
            with duckdb.connect() as connection:
                return _by_sql(connection, values, "to_json(value)::varchar")
        return self._by_sql(values, "value::varchar")

    def _checked_text(self, values: pa.Array, title: str) -> pa.StringArray:
        try:
            texts = values.cast(pa.string())
            texts.validate(full=True)
        except pa.ArrowInvalid as error:
            raise RefusedFile(
                f"the column {title} holds bytes that aren't UTF-8. Deliver it as text."
            ) from error
        return texts

    def _timestamps_as_text(self, values: pa.Array) -> pa.StringArray:
        """Digits beyond microseconds are cut, as they are in text; what no calendar has is left as a number."""
        numbers = values.view(pa.int64())
        limit = min(LAST_SECOND * UNITS_A_SECOND[values.type.unit], LARGEST_INT64)
        is_far = pc.greater(pc.abs(pc.max_element_wise(numbers, -LARGEST_INT64)), limit)
        near = pc.if_else(is_far, pa.scalar(None, values.type), values)
        microseconds = near.cast(pa.timestamp(values.type.unit)).cast(pa.timestamp("us"), safe=False)
        ending = "Z" if values.type.tz else ""
        moment = f"strftime(value, '%Y-%m-%dT%H:%M:%S.%f') || '{ending}'"
        if not ending:
            is_midnight = "value = date_trunc('day', value)"
            moment = f"case when {is_midnight} then strftime(value, '%Y-%m-%d') else {moment} end"
        return pc.if_else(is_far, numbers.cast(pa.string()), self._by_sql(microseconds, moment))

    def _by_sql(self, values: pa.Array, expression: str) -> pa.StringArray:
        return _by_sql(self.connection, values, expression)


def _by_sql(connection: duckdb.DuckDBPyConnection, values: pa.Array, expression: str) -> pa.StringArray:
    table = pa.table({"value": values})
    result = run_sql(connection, f"select {expression} as text from incoming", incoming=table)
    return result.column(0).combine_chunks().cast(pa.string())


def _bounded(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in parts whose texts are of bounded size: one large text may stand in every row of a small file."""
    sizes = np.zeros(batch.num_rows, dtype=np.int64)
    for values in batch.columns:
        if pa.types.is_dictionary(values.type) and len(values.dictionary):
            lengths = pc.fill_null(pc.binary_length(values.dictionary), 0).to_numpy(zero_copy_only=False)
            sizes += np.where(
                values.is_valid().to_numpy(zero_copy_only=False),
                lengths[pc.fill_null(values.indices, 0).to_numpy(zero_copy_only=False)],
                0,
            )
    parts = np.cumsum(sizes) // BYTES_AT_ONCE
    begins = [0, *(np.flatnonzero(np.diff(parts)) + 1).tolist(), batch.num_rows]
    for begin, end in itertools.pairwise(begins):
        if end > begin:
            yield batch.slice(begin, end - begin)


def _is_text(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
    )
    return any(test(kind) for test in tests)


def _with_nul(values: pa.StringArray) -> Flags | None:
    """Which texts hold a NUL; None if none does."""
    data = values.buffers()[2]
    if data is None or not (np.frombuffer(data, dtype=np.uint8) == 0).any():
        return None
    flags: Flags = pc.fill_null(pc.match_substring(values, "\0"), False).to_numpy(zero_copy_only=False)
    return flags if flags.any() else None
