"""Chunks of many files typed together, then handed to each file's output.

What belongs here: the trade between few large statements (a thousand small files in one) and bounded memory (a large
file in many).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .declarations import ObjectDeclaration
from .output import Output
from .rows import BadRows, Chunk
from .sources import Source
from .sql import run_sql
from .values import Problems, type_columns

ROWS_AT_ONCE = 150_000
BYTES_AT_ONCE = 16 * 1024 * 1024
SEPARATOR = "\x1f"


class Batch:
    """Chunks that wait to be typed."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        declaration: ObjectDeclaration,
        contract_currency: str,
    ) -> None:
        self.connection = connection
        self.source = source
        self.declaration = declaration
        self.contract_currency = contract_currency
        self._waiting: list[tuple[Output, Chunk]] = []
        self._rows = 0
        self._bytes = 0

    def add(self, output: Output, chunk: Chunk) -> None:
        self._waiting.append((output, chunk))
        self._rows += len(chunk.lines)
        self._bytes += sum(values.nbytes for values in chunk.columns.values())
        self._bytes += sum(part.texts.nbytes for part in chunk.bad)
        if self._rows >= ROWS_AT_ONCE or self._bytes >= BYTES_AT_ONCE:
            self.flush()

    def forget(self, output: Output) -> None:
        """Drop what waits of a file that is refused."""
        self._waiting = [(other, chunk) for other, chunk in self._waiting if other is not output]

    def flush(self) -> None:
        """Type all that waits and hand it to the outputs."""
        waiting, self._waiting, self._rows, self._bytes = self._waiting, [], 0, 0
        if not waiting:
            return
        chunks = [chunk for _, chunk in waiting]
        counts = [len(chunk.lines) for chunk in chunks]
        firsts = np.concatenate([[0], np.cumsum(counts)]).tolist()
        problems = Problems(np.zeros(firsts[-1], dtype=np.int16))
        for chunk, first in zip(chunks, firsts, strict=False):
            for reason, column, flags in chunk.unusable:
                problems.mark(flags, reason, column, first)
        texts = {column.name: _stacked(column.name, chunks) for column in self.declaration.columns}
        typed = type_columns(
            self.connection, self.declaration, self.source, self.contract_currency, texts, problems
        )
        further = pa.concat_arrays([_further_text(chunk, self.declaration) for chunk in chunks])
        hashes = self._row_hashes(typed, further)
        numbered = zip(waiting, firsts, counts, strict=False)
        for _, group in groupby(numbered, key=lambda entry: id(entry[0][0])):
            entries = list(group)
            output = entries[0][0][0]
            of_output = [entry[0][1] for entry in entries]
            first, count = entries[0][1], sum(entry[2] for entry in entries)
            self._hand_over(output, of_output, typed, hashes, problems, first, count)

    def _row_hashes(self, typed: dict[str, pa.Array], further: pa.Array) -> pa.Array:
        """A number for each row that is the same for equal rows."""
        names = [*typed]
        table = run_sql(
            self.connection,
            f"select hash({', '.join(names)}, further) as row_hash from incoming",
            incoming=pa.table({**typed, "further": further}),
        )
        return table.column(0).combine_chunks()

    def _hand_over(
        self,
        output: Output,
        chunks: Sequence[Chunk],
        typed: dict[str, pa.Array],
        hashes: pa.Array,
        problems: Problems,
        first: int,
        count: int,
    ) -> None:
        codes = problems.codes[first : first + count]
        listed = {name: values.slice(first, count) for name, values in typed.items()}
        names = dict.fromkeys(name for chunk in chunks for name in chunk.columns if name not in typed)
        further = {name: _stacked(name, chunks) for name in names}
        lines = pa.array(np.concatenate([chunk.lines for chunk in chunks]), pa.int64())
        row_hashes = hashes.slice(first, count)
        bad: list[BadRows] = [part for chunk in chunks for part in chunk.bad]
        if codes.any():
            bad += _set_aside(chunks, codes, problems)
            accepted = pa.array(codes == 0)
            listed = {name: values.filter(accepted) for name, values in listed.items()}
            further = {name: values.filter(accepted) for name, values in further.items()}
            lines, row_hashes = lines.filter(accepted), row_hashes.filter(accepted)
        output.accept(listed, further, lines, row_hashes)
        output.set_aside(bad)


def _stacked(name: str, chunks: Sequence[Chunk]) -> pa.StringArray:
    """A column of all chunks; null where a file doesn't have it."""
    parts = [
        chunk.columns[name] if name in chunk.columns else pa.nulls(len(chunk.lines), pa.string())
        for chunk in chunks
    ]
    return parts[0] if len(parts) == 1 else pa.concat_arrays(parts)


def _further_text(chunk: Chunk, declaration: ObjectDeclaration) -> pa.Array:
    """The columns that aren't listed as one text, the same whatever their order; absent and null are one."""
    listed = {column.name for column in declaration.columns}
    further = sorted(
        name
        for name, values in chunk.columns.items()
        if name not in listed and values.null_count < len(values)
    )
    text = pa.repeat("", len(chunk.lines))
    for name in further:
        named = pc.binary_join_element_wise(SEPARATOR, name, SEPARATOR, chunk.columns[name], "")
        text = pc.binary_join_element_wise(text, pc.fill_null(named, ""), "")
    return text


def _set_aside(chunks: Sequence[Chunk], codes: np.ndarray, problems: Problems) -> list[BadRows]:
    """The chunks' rows that have a problem, with their text."""
    bad = []
    first = 0
    reasons = pa.array(["" if problem is None else str(problem[0]) for problem in problems.found])
    columns = pa.array([None if problem is None else problem[1] for problem in problems.found], pa.string())
    for chunk in chunks:
        of_chunk = codes[first : first + len(chunk.lines)]
        first += len(chunk.lines)
        rows = np.flatnonzero(of_chunk)
        if len(rows):
            found = pa.array(of_chunk[rows])
            bad.append(
                BadRows(chunk.lines[rows], reasons.take(found), columns.take(found), chunk.texts(rows))
            )
    return bad
