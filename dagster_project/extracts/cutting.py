"""A delivered file without some of its rows: the rows' bytes are cut, and every other byte stays as it was delivered.

What belongs here: each format's way of leaving rows out. What doesn't: which rows.
"""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .csv_structure import find_records
from .landing import ExtractName
from .rows import Integers
from .sources import Source
from .text_stream import count_lines, text_blocks

UTF_16_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def cut_rows(path: Path, target: Path, name: ExtractName, source: Source, lines: Integers) -> None:
    """Write a file anew without the rows that begin on some lines (as the readers count them), in order.

    In Parquet, whose rows have no bytes of their own, the other rows stay with their values and types.
    """
    if name.kind == "parquet":
        _cut_parquet(path, target, lines)
        return
    text = text_blocks(path, name.is_compressed, source)
    kept = _csv_without(text, source.delimiter, lines) if name.kind == "csv" else _jsonl_without(text, lines)
    mark, codec = _mark_and_codec(path, name, source)
    with target.open("wb") as file:
        if not name.is_compressed:
            _write(file, mark, kept, codec)
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as compressed:
            _write(compressed, mark, kept, codec)


def _write(file: BinaryIO | gzip.GzipFile, mark: bytes, kept: Iterator[bytes], codec: str | None) -> None:
    file.write(mark)
    for piece in kept:
        file.write(piece if codec is None else piece.decode("utf-8").encode(codec))


def _mark_and_codec(path: Path, name: ExtractName, source: Source) -> tuple[bytes, str | None]:
    """The file's byte-order mark, and how its text is encoded again; None for UTF-8."""
    with path.open("rb") as file:
        begin = (gzip.GzipFile(fileobj=file).read(4) if name.is_compressed else file.read(4))[:3]
    if source.encoding == "utf-8":
        return (codecs.BOM_UTF8 if begin.startswith(codecs.BOM_UTF8) else b""), None
    if source.encoding != "utf-16":
        return b"", source.codec
    for mark, codec in UTF_16_MARKS.items():
        if begin.startswith(mark):
            return mark, codec
    return b"", "utf-16-le"


def _csv_without(text: Iterator[bytes], delimiter: str, lines: Integers) -> Iterator[bytes]:
    """The text of the records that don't begin on one of the lines; each ends where the next begins."""
    line, rest = 1, b""
    following = next(text, None)
    while following is not None or rest:
        piece = rest + (following or b"")
        following = next(text, None)
        is_last = following is None
        data = np.frombuffer(piece, dtype=np.uint8)
        records = find_records(data, ord(delimiter), is_last)
        begins = np.append(records.starts, records.consumed)
        is_cut = np.isin(line + records.line_feeds, lines)
        yield _without(piece, data, begins, is_cut)
        line += count_lines(piece[: records.consumed])
        rest = piece[records.consumed :]
        if is_last:
            yield rest
            return


def _jsonl_without(text: Iterator[bytes], lines: Integers) -> Iterator[bytes]:
    line, rest = 1, b""
    for block in text:
        piece = rest + block
        end = piece.rfind(b"\n") + 1
        whole, rest = piece[:end], piece[end:]
        data = np.frombuffer(whole, dtype=np.uint8)
        ends = np.flatnonzero(data == ord("\n")) + 1
        begins = np.concatenate([[0], ends]).astype(np.int64)
        is_cut = np.isin(line + np.arange(len(ends)), lines)
        yield _without(whole, data, begins, is_cut)
        line += len(ends)
    if rest and not np.isin(line, lines).any():
        yield rest


def _without(
    piece: bytes, data: np.ndarray[tuple[int], np.dtype[np.uint8]], begins: Integers, is_cut: np.ndarray
) -> bytes:
    """A piece of whole records (`begins` has one place more than there are) without those that are cut."""
    end = int(begins[-1]) if len(begins) else 0
    if not is_cut.any():
        return piece[:end]
    changes = np.zeros(end + 1, dtype=np.int8)
    np.add.at(changes, begins[:-1][is_cut], 1)
    np.add.at(changes, begins[1:][is_cut], -1)
    return data[:end][np.cumsum(changes[:-1]) == 0].tobytes()


def _cut_parquet(path: Path, target: Path, lines: Integers) -> None:
    with pq.ParquetFile(path) as file:
        codec = "NONE"
        if file.metadata.num_row_groups and file.metadata.num_columns:
            codec = file.metadata.row_group(0).column(0).compression
        compression = "NONE" if codec == "UNCOMPRESSED" else codec
        with pq.ParquetWriter(target, file.schema_arrow, compression=compression) as writer:
            first = 1
            for group in range(file.metadata.num_row_groups):
                table = file.read_row_group(group)
                numbers = first + np.arange(table.num_rows)
                writer.write_table(table.filter(pa.array(~np.isin(numbers, lines))))
                first += table.num_rows
