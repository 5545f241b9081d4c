"""JSON lines → chunks of sound rows, with the others set aside.

A line is one object. The engine's JSON functions read it, after regular expressions have made sure that it is JSON: the
functions also accept NaN and a comma before a closing bracket, and would write fractions otherwise than they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .declarations import ObjectDeclaration, Reason
from .rows import (
    CELLS_AT_ONCE,
    KEPT_OF_LARGE_ROW_BYTES,
    MOST_COLUMNS,
    BadRows,
    Bytes,
    Chunk,
    Flags,
    Integers,
    bad_rows,
    match_columns,
    rows_at_once,
    settled,
    slices_of,
)
from .sources import Source
from .sql import run_sql, sql_text
from .text_stream import RefusedFile

LARGEST_ROW_BYTES = (
    4 * 1024 * 1024
)  # each of its numbers may have to be looked at, which takes many times as much
ROWS_AT_ONCE = 500_000
# What a key that a line leaves out takes as a value of a table.
BYTES_OF_AN_ABSENT_VALUE = 8
LINE_FEED, CARRIAGE_RETURN = ord("\n"), ord("\r")

STRING = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
BLANK = r"[ \t\r]*"
PAIR = rf"{STRING}{BLANK}:{BLANK}(?:{STRING}|{NUMBER}|true|false|null)"
FLAT_OBJECT = rf"{BLANK}\{{{BLANK}(?:{PAIR}(?:{BLANK},{BLANK}{PAIR})*)?{BLANK}\}}{BLANK}"
NOT_JSON = rf"(?i),{BLANK}[}}\]]|nan|inf"
TOKEN = rf"{STRING}|{NUMBER}|true|false|null|[{{}}\[\]:,]"
FRACTION = rf":{BLANK}-?[0-9]+[.eE]|:{BLANK}-0"
ESCAPED_NUL = r"(?:^|[^\\])(?:\\\\)*\\u0000"
CHECKING = {"flat": FLAT_OBJECT, "string": STRING, "not_json": NOT_JSON}
# Whether a line is an object at all is asked by `case`: an engine may evaluate a function before a filter.
CHECKED_LINES = """
    parsed as (
        select
            line,
            regexp_full_match(line, $flat) as is_flat,
            case when json_valid(line) and json_type(line) = 'OBJECT' then json_keys(line) end as keys
        from incoming
    ),
    checked as (
        select
            line,
            is_flat,
            keys,
            coalesce(len(keys) = len(list_distinct(keys)), false)
            and (is_flat or not regexp_matches(regexp_replace(line, $string, '""', 'g'), $not_json)) as is_object
        from parsed
    )"""


class JsonlReader:
    """Reads one file's text, twice: first for the keys, which may differ from line to line."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, declaration: ObjectDeclaration, source: Source
    ) -> None:
        self.connection = connection
        self.declaration = declaration
        self.decimal = source.decimal
        self.expansion_ratio = source.limits.expansion_ratio
        self.header: tuple[str, ...] = ()
        self.names: list[str] = []

    def chunks(self, text: Callable[[], Iterator[bytes]]) -> Iterator[Chunk]:
        """The file's rows; `text()` gives the file's text from its beginning. Raises RefusedFile."""
        keys: dict[str, None] = {}
        rows = size = 0
        has_objects = False
        for lines in _pieces(text()):
            rows += lines.count
            size += lines.size_bytes
            found = self._keys(lines)
            if found is not None:
                has_objects = True
                keys.update(dict.fromkeys(found))
            if len(keys) > MOST_COLUMNS:
                raise RefusedFile(
                    f"more than {MOST_COLUMNS:,} different keys: these are no rows of one table"
                )
        if not rows:
            raise RefusedFile("the file is empty: a day without records is a CSV file with a header only")
        self._refuse_sparse(rows, len(keys), size)
        self.header = tuple(keys)
        self.names = match_columns(self.header, self.declaration) if has_objects else []
        for lines in _pieces(text()):
            for part in lines.parts(rows_at_once(len(self.names), ROWS_AT_ONCE)):
                yield self._chunk(part)

    def _refuse_sparse(self, rows: int, keys: int, size: int) -> None:
        """A few bytes a line may stand for thousands of nulls: such a file expands as a compressed one does."""
        values = rows * keys
        if values > CELLS_AT_ONCE and values * BYTES_OF_AN_ABSENT_VALUE > self.expansion_ratio * size:
            raise RefusedFile(
                f"{rows:,} lines leave out nearly all of their {keys:,} different keys: as a table they are more than "
                f"{self.expansion_ratio} times as large (limits.expansion_ratio in sources.yml). Deliver only keys "
                "that lines have, or Parquet."
            )

    def _keys(self, lines: Lines) -> list[str] | None:
        """The keys of the lines that are objects, in order; None if there is no such line."""
        rows = run_sql(
            self.connection,
            f"""
            with {CHECKED_LINES},
            objects as (select row_number() over () as row, keys from checked where is_object)
            select key, min(row) as row, min(place) as place
            from (
                select row, unnest(keys) as key, generate_subscripts(keys, 1) as place from objects
                union all
                select row, null, 0 from objects where len(keys) = 0
            ) as listed
            group by key
            order by row, place
            """,
            CHECKING,
            incoming=pa.table({"line": lines.texts()}),
        )
        keys = rows.column("key").to_pylist()
        return [key for key in keys if key is not None] if keys else None

    def _chunk(self, lines: Lines) -> Chunk:
        texts = lines.texts()
        states = run_sql(
            self.connection,
            f"with {CHECKED_LINES} select is_flat, is_object, regexp_matches(line, {sql_text(ESCAPED_NUL)}) as has_nul "
            "from checked",
            CHECKING,
            incoming=pa.table({"line": texts}),
        )
        is_flat, is_object, has_nul = (
            _flags(states.column(name)) for name in ("is_flat", "is_object", "has_nul")
        )
        sound = np.flatnonzero(is_object)
        bad: list[BadRows] = list(lines.bad)
        malformed = np.flatnonzero(~is_object)
        if len(malformed):
            bad.append(
                bad_rows(lines.numbers[malformed], Reason.MALFORMED_ROW, texts.take(pa.array(malformed)))
            )
        sound_texts = texts.take(pa.array(sound)) if len(malformed) else texts
        columns, nested = self._values(sound_texts, is_flat[sound])
        columns, unusable = settled(columns)
        if has_nul[sound].any():
            unusable.insert(0, (Reason.NUL_BYTE, None, has_nul[sound]))

        def texts_of(rows: Integers) -> pa.Array:
            return sound_texts.take(pa.array(rows))

        return Chunk(columns, lines.numbers[sound], texts_of, bad, [*unusable, *nested])

    def _values(
        self, texts: pa.StringArray, is_flat: Flags
    ) -> tuple[dict[str, pa.StringArray], list[tuple[Reason, str | None, Flags]]]:
        if not self.names:
            return {}, []
        exact = _with_quoted_numbers(self.decimal)
        paths = [_pointer(key) for key in self.header]
        picked = ", ".join(f"found[{place}] as c{place}" for place in range(1, len(paths) + 1))
        result = run_sql(
            self.connection,
            f"""
            with exact as (
                select case when $decimal = ',' or regexp_matches(line, $fraction) then {exact} else line end as line
                from incoming
            ),
            extracted as (select json_extract_string(line, {_sql_list(paths)}) as found from exact)
            select {picked} from extracted
            """,
            {"decimal": self.decimal, "fraction": FRACTION, "token": TOKEN},
            incoming=pa.table({"line": texts}),
        )
        columns = {
            name: result.column(place).combine_chunks().cast(pa.string())
            for place, name in enumerate(self.names)
        }
        nested: list[tuple[Reason, str | None, Flags]] = []
        if not is_flat.all():
            typed = [f"json_type(line, {sql_text(path)}) as c{place}" for place, path in enumerate(paths)]
            kinds = run_sql(self.connection, f"select {', '.join(typed)} from incoming")
            listed = {column.name for column in self.declaration.columns}
            for place, name in enumerate(self.names):
                flags = _flags(pc.is_in(kinds.column(place), pa.array(["OBJECT", "ARRAY"])))
                if name in listed and flags.any():
                    nested.append((Reason.UNREADABLE_VALUE, name, flags))
        return columns, nested


class Lines:
    """The lines of a piece of text that hold something, with their numbers in the file (from 1)."""

    def __init__(
        self, data: Bytes, numbers: Integers, starts: Integers, ends: Integers, bad: list[BadRows]
    ) -> None:
        self._data = data
        self.numbers = numbers
        self._starts = starts
        self._ends = ends
        self.bad = bad

    @property
    def count(self) -> int:
        """How many lines there are, those that are set aside too."""
        return len(self.numbers) + sum(len(part) for part in self.bad)

    @property
    def size_bytes(self) -> int:
        return len(self._data)

    def parts(self, most: int) -> Iterator[Lines]:
        """The same lines, at most so many at a time."""
        if len(self.numbers) <= most:
            yield self
            return
        for first in range(0, len(self.numbers), most):
            of_part = slice(first, first + most)
            bad = self.bad if first == 0 else []
            yield Lines(self._data, self.numbers[of_part], self._starts[of_part], self._ends[of_part], bad)

    def texts(self) -> pa.StringArray:
        return slices_of(self._data, self._starts, self._ends)


def _pieces(blocks: Iterator[bytes]) -> Iterator[Lines]:
    """The text's lines; blank ones are left out but counted, those with a NUL byte or too long are set aside."""
    first_number = 1
    rest = b""
    cut_row: tuple[int, bytes] | None = None  # a line too long to keep: its number and its beginning
    for block in blocks:
        piece = rest + block
        rest = b""
        if cut_row is not None:
            end = piece.find(b"\n")
            if end < 0:
                continue
            yield _one_bad_line(*cut_row)
            cut_row, piece, first_number = None, piece[end + 1 :], first_number + 1
        if b"\n" not in piece[-1:]:
            end = piece.rfind(b"\n") + 1
            piece, rest = piece[:end], piece[end:]
            if len(rest) >= LARGEST_ROW_BYTES:
                cut_row = (first_number + piece.count(b"\n"), rest[:KEPT_OF_LARGE_ROW_BYTES])
                rest = b""
        if piece:
            lines = _lines(piece, first_number)
            first_number += piece.count(b"\n")
            if len(lines.numbers) or lines.bad:
                yield lines
    if cut_row is not None:
        yield _one_bad_line(*cut_row)
    elif rest:
        lines = _lines(rest, first_number)
        if len(lines.numbers) or lines.bad:
            yield lines


def _one_bad_line(number: int, begin: bytes) -> Lines:
    nowhere = np.empty(0, dtype=np.int64)
    reason = Reason.NUL_BYTE if b"\0" in begin else Reason.FIELD_TOO_LARGE
    text = pa.array([begin.decode("utf-8", "ignore")])
    return Lines(
        np.empty(0, np.uint8), nowhere, nowhere, nowhere, [bad_rows(np.array([number]), reason, text)]
    )


def _lines(piece: bytes, first_number: int) -> Lines:
    data = np.frombuffer(piece, dtype=np.uint8)
    ends = np.flatnonzero(data == LINE_FEED)
    if not piece.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    numbers = first_number + np.arange(len(starts))
    ends = ends - ((ends > starts) & (data[np.maximum(ends - 1, 0)] == CARRIAGE_RETURN))
    filled = _flags(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(slices_of(data, starts, ends))), 0))
    bad: list[BadRows] = []
    if b"\0" in piece:
        has_nul = np.zeros(len(starts), dtype=np.bool_)
        has_nul[np.searchsorted(starts, np.flatnonzero(data == 0), side="right") - 1] = True
        texts = slices_of(data, starts[has_nul], ends[has_nul])
        bad.append(bad_rows(numbers[has_nul], Reason.NUL_BYTE, texts))
        filled &= ~has_nul
    too_large = filled & (ends - starts > LARGEST_ROW_BYTES)
    for row in np.flatnonzero(too_large):
        begin = data[starts[row] : starts[row] + KEPT_OF_LARGE_ROW_BYTES].tobytes().decode("utf-8", "ignore")
        bad.append(bad_rows(numbers[row : row + 1], Reason.FIELD_TOO_LARGE, pa.array([begin])))
    filled &= ~too_large
    return Lines(data, numbers[filled], starts[filled], ends[filled], bad)


def _flags(values: pa.ChunkedArray | pa.Array) -> Flags:
    flags: Flags = pc.fill_null(values, False).to_numpy(zero_copy_only=False).astype(np.bool_)
    return flags


def _with_quoted_numbers(decimal: str) -> str:
    """SQL: the line with its numbers as text, digit by digit as written (with the source's decimal character)."""
    point = "replace(token, '.', ',')" if decimal == "," else "token"
    return f"""
        array_to_string(list_transform(
            regexp_extract_all(line, $token),
            lambda token: case when regexp_matches(token, '^[-0-9]') then '"' || {point} || '"' else token end
        ), '')"""


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _sql_list(texts: list[str]) -> str:
    return "[" + ", ".join(sql_text(text) for text in texts) + "]"
