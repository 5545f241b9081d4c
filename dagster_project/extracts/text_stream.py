"""From an archived file to text: decompressed within limits, decoded as declared, in blocks of valid UTF-8.

What belongs here: everything that can be wrong with a file's bytes before anyone looks for rows in them.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .sources import Limits, Source

BLOCK_BYTES = 4 * 1024 * 1024
LONGEST_WITHOUT_NEWLINE = 16 * 1024 * 1024

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class RefusedFile(Exception):
    """A file that can't be used at all; the message is for whoever delivers it."""


def text_blocks(path: Path, is_compressed: bool, source: Source) -> Iterator[bytes]:
    """The file's text in UTF-8, without a byte-order mark, in blocks that end with a line (or the file).

    A line longer than LONGEST_WITHOUT_NEWLINE is cut into several blocks. Raises RefusedFile for damaged or oversized
    gzip and for bytes that the declared encoding doesn't allow, naming the line of the first.
    """
    with path.open("rb") as file:
        blocks = _expanded(file, path, source.limits) if is_compressed else _read(file)
        if source.encoding == "utf-8":
            yield from _whole_lines(_without_mark(blocks))
        else:
            yield from _whole_lines(_transcoded(blocks, source))


def _read(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK_BYTES):
        yield block


def _expanded(file: BinaryIO, path: Path, limits: Limits) -> Iterator[bytes]:
    compressed_size = path.stat().st_size
    expanded = 0
    with gzip.GzipFile(fileobj=file, mode="rb") as stream:
        while True:
            try:
                block = stream.read(BLOCK_BYTES)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                what = "it ends too early" if isinstance(error, EOFError) else str(error)
                raise RefusedFile(f"damaged gzip: {what}. Deliver the file again.") from error
            if not block:
                return
            expanded += len(block)
            if expanded > limits.expanded_bytes:
                raise RefusedFile(
                    f"expands to more than {limits.expanded_bytes:,} bytes (limits.expanded_bytes in sources.yml)"
                )
            if expanded > limits.expansion_ratio * compressed_size:
                raise RefusedFile(
                    f"expands to more than {limits.expansion_ratio} times its size "
                    "(limits.expansion_ratio in sources.yml)"
                )
            yield block


def _without_mark(blocks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(blocks, b"")
    for mark, encoding in BYTE_ORDER_MARKS:
        if first.startswith(mark):
            if encoding != "utf-8":
                raise RefusedFile(
                    f"line 1: the byte 0x{first[0]:02X} isn't UTF-8. The file begins with the mark of UTF-16: declare "
                    "`encoding: utf-16` in sources.yml, or deliver it in UTF-8."
                )
            first = first[len(mark) :]
    yield first
    yield from blocks


def _transcoded(blocks: Iterator[bytes], source: Source) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(source.codec)("strict")
    lines = 0
    first = True
    block: bytes | None = next(blocks, b"")
    while block is not None:
        if first:
            _check_mark(block, source)
        following = next(blocks, None)
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block, final=following is None)
        except UnicodeDecodeError as error:
            lines += decoder.decode(error.object[: error.start][waiting:]).count("\n")
            raise RefusedFile(
                f"line {lines + 1}: the byte 0x{error.object[error.start]:02X} isn't {source.encoding}. Deliver it as "
                "declared, or correct the source's encoding in sources.yml."
            ) from error
        lines += text.count("\n")
        first = False
        yield text.encode("utf-8")
        block = following


def _check_mark(block: bytes, source: Source) -> None:
    for mark, encoding in BYTE_ORDER_MARKS:
        if block.startswith(mark) and encoding != source.encoding:
            raise RefusedFile(
                f"line 1: the file begins with the mark of {encoding}, but sources.yml declares "
                f"`encoding: {source.encoding}`. Deliver it as declared, or correct the declaration."
            )


def count_lines(data: bytes) -> int:
    """The number of line feeds."""
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")))


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, checked to be UTF-8, cut at ends of lines."""
    lines = 0
    rest = b""
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut == 0:
            rest += block
            if len(rest) < LONGEST_WITHOUT_NEWLINE:
                continue
            ready, rest = _cut_between_characters(rest)
        else:
            ready, rest = rest + block[:cut] if rest else block[:cut], block[cut:]
        _check_utf8(ready, lines)
        lines += count_lines(ready)
        yield ready
    if rest:
        _check_utf8(rest, lines)
        yield rest


def _cut_between_characters(data: bytes) -> tuple[bytes, bytes]:
    cut = len(data)
    while cut > len(data) - 4 and data[cut - 1] & 0xC0 == 0x80:
        cut -= 1
    if data[cut - 1] >= 0xC0:
        cut -= 1
    return data[:cut], data[cut:]


def _check_utf8(data: bytes, lines_before: int) -> None:
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = lines_before + data.count(b"\n", 0, error.start) + 1
        raise RefusedFile(
            f"line {line}: the byte 0x{data[error.start]:02X} isn't UTF-8. Deliver the file in UTF-8, or declare its "
            "encoding in sources.yml."
        ) from error
