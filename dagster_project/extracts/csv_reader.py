"""CSV text → chunks of sound rows, with the others set aside.

The structure is found by `csv_structure`; only rows in which it is sound reach a parser, which is told every column's
name and infers nothing. Text without a quote, a NUL or an odd line end needs no such search: there the parser itself
refuses what has another number of fields, and the search is made only then.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from .csv_structure import RECORD_BEGINS, Bytes, Carried, Flags, Integers, Records, find_records
from .declarations import ObjectDeclaration, Reason
from .rows import KEPT_OF_LARGE_ROW_BYTES, SPACE, BadRows, Chunk, bad_rows, match_columns, settled, slices_of
from .text_stream import RefusedFile, count_lines

LARGEST_HEADER_BYTES = 1024 * 1024
LARGEST_ROW_BYTES = 16 * 1024 * 1024
EMPTY_FILE = "the file is empty: a day without records is a file with a header only"


class _Blocks:
    """Blocks with a look ahead: whether another one follows."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._following = next(blocks, None)

    @property
    def is_empty(self) -> bool:
        return self._following is None

    def take(self) -> bytes | None:
        block = self._following
        self._following = next(self._blocks, None)
        return block


class CsvReader:
    """Reads one file's text. `header` holds the file's own column names once the first chunk was asked for."""

    def __init__(self, declaration: ObjectDeclaration, delimiter: str) -> None:
        self.declaration = declaration
        self.delimiter = delimiter
        self.header: tuple[str, ...] = ()
        self.names: list[str] = []
        self.line = 1  # of the first byte that no chunk has

    def chunks(self, text: Iterator[bytes]) -> Iterator[Chunk]:
        """The file's rows; `text` is as `text_blocks` gives it. Raises RefusedFile."""
        blocks = _Blocks(text)
        rest = b""
        while (block := blocks.take()) is not None:
            piece = rest + block if rest else block
            if not self.names:
                piece = self._read_header(piece, blocks.is_empty)
                if not self.names:
                    rest = piece
                    continue
            chunk, rest = self._read_piece(piece, blocks.is_empty)
            if chunk is not None:
                yield chunk
            if len(rest) > LARGEST_ROW_BYTES:
                chunk, rest = self._pass_large_row(rest, blocks)
                yield chunk
                if blocks.is_empty and rest:
                    chunk, rest = self._read_piece(rest, True)
                    if chunk is not None:
                        yield chunk
        if not self.names:
            raise RefusedFile(EMPTY_FILE)

    def _read_header(self, piece: bytes, is_last: bool) -> bytes:
        """Take the first record that isn't blank as the header; what follows it. Unchanged if it isn't whole yet."""
        records = find_records(np.frombuffer(piece, dtype=np.uint8), ord(self.delimiter), is_last)
        for start, end in zip(records.starts.tolist(), records.ends.tolist(), strict=True):
            text = piece[start:end].decode("utf-8")
            if not text.strip():
                continue
            self.header = self._header_names(text)
            self.names = match_columns(self.header, self.declaration)
            after = piece.find(b"\n", end) + 1 or len(piece)
            self.line += piece.count(b"\n", 0, after)
            return piece[after:]
        if is_last and records.open_quote >= 0:
            line = self.line + piece.count(b"\n", 0, records.open_quote)
            raise RefusedFile(_ends_inside_quote(line))
        if len(piece) - records.consumed > LARGEST_HEADER_BYTES:
            raise RefusedFile(f"line {self.line}: the header is longer than {LARGEST_HEADER_BYTES:,} bytes")
        self.line += piece.count(b"\n", 0, records.consumed)
        return piece[records.consumed :]

    def _header_names(self, text: str) -> tuple[str, ...]:
        if len(text) > LARGEST_HEADER_BYTES:
            raise RefusedFile(f"line {self.line}: the header is longer than {LARGEST_HEADER_BYTES:,} bytes")
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            raise RefusedFile(f"line {self.line}: the header is malformed: {error}") from error
        if len(rows) != 1:
            raise RefusedFile(
                f"line {self.line}: the header holds a carriage return that ends no line. Deliver the file with lines "
                "that end with a line feed, or with both."
            )
        return tuple(name.strip() for name in rows[0])

    def _read_piece(self, piece: bytes, is_last: bool) -> tuple[Chunk | None, bytes]:
        """The chunk of a piece that begins with a record, and what of it isn't a whole record."""
        if not piece:
            return None, b""
        first_line = self.line
        data = np.frombuffer(piece, dtype=np.uint8)
        if b'"' not in piece and b"\0" not in piece and _returns_end_lines(piece):
            ends_with_line = piece.endswith(b"\n")
            count = count_lines(piece) + (0 if ends_with_line else 1)
            columns = self._parse(piece, count) if ends_with_line or is_last else None
            if columns is not None:
                self.line += count
                lines = np.arange(first_line, first_line + count)

                def texts(rows: Integers) -> pa.Array:
                    records = find_records(data, ord(self.delimiter), is_last)
                    return slices_of(data, records.starts[rows], records.ends[rows])

                return self._chunk(columns, lines, texts, []), b""
        records = find_records(data, ord(self.delimiter), is_last)
        if is_last and records.open_quote >= 0:
            raise RefusedFile(_ends_inside_quote(first_line + piece.count(b"\n", 0, records.open_quote)))
        self.line += count_lines(piece[: records.consumed])
        return self._sound_rows(data, records, first_line), piece[records.consumed :]

    def _sound_rows(self, data: Bytes, records: Records, first_line: int) -> Chunk | None:
        """The chunk of found records: the sound ones parsed, the others set aside."""
        if len(records) == 0:
            return None
        is_blank = _blank(data, records)
        is_ragged = records.delimiters != len(self.names) - 1
        bad: list[BadRows] = []
        taken = is_blank.copy()
        for reason, flags in (
            (Reason.NUL_BYTE, records.has_nul),
            (Reason.MALFORMED_ROW, records.is_malformed),
            (Reason.RAGGED_ROW, is_ragged),
        ):
            rows = np.flatnonzero(flags & ~taken)
            if len(rows):
                texts = slices_of(data, records.starts[rows], records.ends[rows])
                bad.append(bad_rows(first_line + records.line_feeds[rows], reason, texts))
                taken |= flags
        sound = np.flatnonzero(~taken)
        columns = self._parse(_joined(data, records, taken), len(sound)) if len(sound) else self._no_rows()
        if columns is None:
            raise AssertionError("the parser found other rows than the search")
        starts, ends = records.starts[sound], records.ends[sound]

        def texts_of(rows: Integers) -> pa.Array:
            return slices_of(data, starts[rows], ends[rows])

        return self._chunk(columns, first_line + records.line_feeds[sound], texts_of, bad)

    def _chunk(
        self,
        columns: dict[str, pa.StringArray],
        lines: Integers,
        texts: Callable[[Integers], pa.Array],
        bad: Sequence[BadRows],
    ) -> Chunk:
        columns, unusable = settled(columns)
        repeats = self._repeats_header(columns)
        if repeats is not None:
            unusable.insert(0, (Reason.REPEATED_HEADER, None, repeats))
        return Chunk(columns, lines, texts, bad, unusable)

    def _repeats_header(self, columns: dict[str, pa.StringArray]) -> Flags | None:
        """Which rows say in every column what the header says; None if none does."""
        repeats: Flags | None = None
        for name, title in zip(self.names, self.header, strict=True):
            same = pc.equal(columns[name], title) if title else pc.is_null(columns[name])
            of_column: Flags = pc.fill_null(same, False).to_numpy(zero_copy_only=False)
            repeats = of_column if repeats is None else repeats & of_column
            if not repeats.any():
                return None
        return repeats

    def _pass_large_row(self, begin: bytes, blocks: _Blocks) -> tuple[Chunk, bytes]:
        """Pass over a row that is too large to be kept whole: a chunk that quarantines it, and what follows it."""
        first_line = self.line
        text = begin[:KEPT_OF_LARGE_ROW_BYTES].decode("utf-8", "ignore")
        reason = Reason.NUL_BYTE if b"\0" in begin else Reason.FIELD_TOO_LARGE
        carried, opened_on_line, piece = RECORD_BEGINS, first_line, begin
        while True:
            is_last = blocks.is_empty
            piece, held = (piece, b"") if is_last else _without_last_quotes(piece)
            if piece:
                records = find_records(
                    np.frombuffer(piece, dtype=np.uint8), ord(self.delimiter), is_last, carried
                )
                if records.open_quote > 0 or (records.open_quote == 0 and not carried.is_inside):
                    opened_on_line = self.line + piece.count(b"\n", 0, records.open_quote)
                if len(records) > 0:
                    after = int(records.starts[1]) if len(records) > 1 else records.consumed
                    self.line += count_lines(piece[:after])
                    row = bad_rows(np.array([first_line]), reason, pa.array([text]))
                    return Chunk(self._no_rows(), np.empty(0, np.int64), _no_texts, [row]), piece[
                        after:
                    ] + held
                if is_last:
                    raise RefusedFile(_ends_inside_quote(opened_on_line))
                self.line += count_lines(piece)
                carried = Carried(records.open_quote >= 0, piece[-1])
            piece = held + (blocks.take() or b"")

    def _no_rows(self) -> dict[str, pa.StringArray]:
        return {name: pa.array([], pa.string()) for name in self.names}

    def _parse(self, text: bytes, count: int) -> dict[str, pa.StringArray] | None:
        """The values of `count` sound records by column; None if the parser finds other rows than that."""
        if text.startswith(codecs.BOM_UTF8):
            text = codecs.BOM_UTF8 + text  # the parser takes one away
        try:
            table = pa_csv.read_csv(
                pa.BufferReader(text),
                read_options=pa_csv.ReadOptions(
                    column_names=self.names, use_threads=False, block_size=len(text) + 1
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True, ignore_empty_lines=True
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types={name: pa.string() for name in self.names},
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != count:
            return None
        return {name: table.column(name).combine_chunks() for name in self.names}


def _no_texts(_: Integers) -> pa.Array:
    return pa.array([], pa.string())


def _without_last_quotes(piece: bytes) -> tuple[bytes, bytes]:
    """A piece up to the quotes at its end, and those: what they do shows only with what follows."""
    kept = piece.rstrip(b'"')
    count = len(piece) - len(kept)
    # Of a piece of nothing but quotes only the parity of their number matters: it must not grow without bound.
    return kept, b'"' * (count if kept or count < 2 else 2 - count % 2)


def _returns_end_lines(piece: bytes) -> bool:
    return b"\r" not in piece or piece.count(b"\r") == piece.count(b"\r\n")


def _ends_inside_quote(line: int) -> str:
    return f"the file ends inside a quoted field that opens on line {line}. Close the quote and deliver the file again."


def _blank(data: Bytes, records: Records) -> Flags:
    """Which records are blank lines: nothing, or nothing but white space."""
    blank: Flags = records.ends == records.starts
    candidates = np.flatnonzero(~blank & (records.delimiters == 0) & (data[records.starts] <= SPACE))
    if len(candidates):
        texts = slices_of(data, records.starts[candidates], records.ends[candidates])
        empty = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(texts)), 0)
        blank[candidates] = empty.to_numpy(zero_copy_only=False)
    return blank


def _joined(data: Bytes, records: Records, left_out: Flags) -> bytes:
    """The text of the records that aren't left out."""
    if not left_out.any():
        return data[: records.consumed].tobytes()
    changes = np.zeros(records.consumed + 1, dtype=np.int8)
    following = np.append(records.starts[1:], records.consumed)
    changes[records.starts[~left_out]] += 1
    changes[following[~left_out]] -= 1
    return data[: records.consumed][np.cumsum(changes[:-1], dtype=np.int8) > 0].tobytes()
