"""The fast reader finds exactly the rows, fields and lines that reading character by character finds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dagster_project.extracts import csv_reader
from dagster_project.extracts.csv_reader import CsvReader
from dagster_project.extracts.declarations import Column, ObjectDeclaration
from dagster_project.extracts.text_stream import RefusedFile

from .slow_csv import EndsInsideQuote, read_slowly

THINGS = ObjectDeclaration("things", (Column("a", required=True), Column("b"), Column("c")))
HEADER = "a,b,c\n"

Found = tuple[list[tuple[int, list[str | None], str]], list[tuple[int, str, str]]]


def read_fast(blocks: list[bytes]) -> Found:
    """(line, values, text) of sound rows, and (line, reason, text) of the others, each in order of lines."""
    sound: list[tuple[int, list[str | None], str]] = []
    bad: list[tuple[int, str, str]] = []
    for chunk in CsvReader(THINGS, ",").chunks(iter(blocks)):
        columns = [values.to_pylist() for values in chunk.columns.values()]
        texts = chunk.texts(np.arange(len(chunk.lines))).to_pylist()
        unusable = {
            row: str(reason) for reason, _, flags in chunk.unusable for row in np.flatnonzero(flags).tolist()
        }
        for row, line in enumerate(chunk.lines.tolist()):
            if row in unusable:
                bad.append((line, unusable[row], texts[row]))
            else:
                sound.append((line, [values[row] for values in columns], texts[row]))
        for part in chunk.bad:
            bad += zip(part.lines.tolist(), part.reasons.to_pylist(), part.texts.to_pylist(), strict=True)
    return sound, sorted(bad)


def expected(text: str) -> Found:
    sound: list[tuple[int, list[str | None], str]] = []
    bad: list[tuple[int, str, str]] = []
    for row in read_slowly(text)[1:]:
        values = [value.strip() or None for value in row.fields]
        if row.is_blank:
            continue
        if "\0" in row.text:
            bad.append((row.line, "nul_byte", row.text))
        elif row.is_malformed:
            bad.append((row.line, "malformed_row", row.text))
        elif len(row.fields) != 3:
            bad.append((row.line, "ragged_row", row.text))
        elif values == ["a", "b", "c"]:
            bad.append((row.line, "repeated_header", row.text))
        else:
            sound.append((row.line, values, row.text))
    return sound, sorted(bad)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data in blocks, cut at the given places but never inside a character."""
    edges = sorted({place % (len(data) + 1) for place in places})
    edges = [edge for edge in edges if edge == len(data) or data[edge] & 0xC0 != 0x80]
    bounds = [0, *edges, len(data)]
    return [data[start:end] for start, end in itertools.pairwise(bounds) if end > start]


def assert_read_alike(body: str, places: list[int]) -> None:
    text = HEADER + body
    blocks = cut(text.encode(), places)
    try:
        rows = expected(text)
    except EndsInsideQuote as refusal:
        with pytest.raises(RefusedFile, match=f"opens on line {refusal.line}\\."):
            read_fast(blocks)
    else:
        assert read_fast(blocks) == rows


HARD_TEXT = st.text(st.sampled_from(list('a,,"""\n\n\r \0éb\ufeff')), max_size=60)
ROWS = st.lists(
    st.lists(
        st.sampled_from(["", "x", '"q"', '"a,b"', '"two\nlines"', '""', '"say ""hi"""', 'in"side', " s "])
    ),
    max_size=12,
).map(lambda rows: "\n".join(",".join(row) for row in rows))


@settings(max_examples=200)
@given(HARD_TEXT, st.lists(st.integers(0, 200), max_size=4))
@example('"x"\r\n"y",1,2\r', [])
@example("1,2,3\r\r\n", [])
@example('1,"2""",3\n,,\n', [9])
@example("\ufeff1,2,3\n", [6])
def test_any_text_is_read_as_character_by_character(body: str, places: list[int]) -> None:
    assert_read_alike(body, places)


@settings(max_examples=200)
@given(ROWS, st.lists(st.integers(0, 400), max_size=4))
def test_rows_of_likely_fields_are_read_as_character_by_character(body: str, places: list[int]) -> None:
    assert_read_alike(body, places)


@settings(max_examples=200)
@given(HARD_TEXT, st.lists(st.integers(0, 200), min_size=1, max_size=8))
def test_a_row_too_large_to_keep_is_passed_over_and_the_rest_is_read(body: str, places: list[int]) -> None:
    """With a limit of 5 bytes many rows are too large; what follows them must be read all the same."""
    before = csv_reader.LARGEST_ROW_BYTES
    csv_reader.LARGEST_ROW_BYTES = 5
    try:
        text = HEADER + body
        blocks = [HEADER.encode(), *cut(body.encode(), places)]
        try:
            sound, bad = expected(text)
        except EndsInsideQuote as refusal:
            with pytest.raises(RefusedFile, match=f"opens on line {refusal.line}\\."):
                read_fast(blocks)
            return
        fast_sound, fast_bad = read_fast(blocks)
        passed = [row for row in fast_bad if row not in bad]
        lines_passed = {line for line, _, _ in passed}
        assert {reason for _, reason, _ in passed} <= {"field_too_large", "nul_byte"}
        assert fast_sound == [row for row in sound if row[0] not in lines_passed]
        assert [row for row in fast_bad if row in bad] == [row for row in bad if row[0] not in lines_passed]
    finally:
        csv_reader.LARGEST_ROW_BYTES = before


def blocks_of(text: str) -> Iterator[bytes]:
    yield text.encode()


def test_a_file_without_a_header_is_refused_as_empty() -> None:
    for text in ("", "\n\n", "  \r\n"):
        with pytest.raises(RefusedFile, match="the file is empty"):
            list(CsvReader(THINGS, ",").chunks(blocks_of(text)))


def test_a_header_may_be_quoted_and_stand_below_blank_lines() -> None:
    sound, bad = read_fast([b'\n\n"a","b ",c\n1,2,3\n'])
    assert sound == [(4, ["1", "2", "3"], "1,2,3")]  # two blank lines, the header on line 3
    assert bad == []


def test_a_header_with_text_after_a_closing_quote_is_refused() -> None:
    with pytest.raises(RefusedFile, match="line 1: the header is malformed"):
        read_fast([b'"a"x,b,c\n1,2,3\n'])


def test_a_header_longer_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(RefusedFile, match="line 1: the header is longer than 1,048,576 bytes"):
        read_fast([b"a,b," + b"c" * (1024 * 1024)])


def test_a_field_of_a_mebibyte_is_accepted_and_one_byte_more_is_not() -> None:
    mebibyte = 1024 * 1024
    sound, bad = read_fast([f"a,b,c\n1,{'x' * mebibyte},3\n2,{'x' * (mebibyte + 1)},3\n".encode()])
    assert [line for line, _, _ in sound] == [2]
    assert [(line, reason) for line, reason, _ in bad] == [(3, "field_too_large")]


def test_a_repeated_header_is_recognised_however_it_is_quoted() -> None:
    _, bad = read_fast([b'a,b,c\n1,2,3\n"a",b,c\n'])
    assert bad == [(3, "repeated_header", '"a",b,c')]
