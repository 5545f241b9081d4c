"""A line is read as JSON is defined, or it is set aside with its text: nothing in between."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dagster_project.extracts import jsonl_reader
from dagster_project.extracts.declarations import Column, ObjectDeclaration
from dagster_project.extracts.jsonl_reader import JsonlReader
from dagster_project.extracts.sources import Limits, Source
from dagster_project.extracts.text_stream import RefusedFile

THINGS = ObjectDeclaration("things", (Column("a", required=True), Column("b"), Column("c")))
CONNECTION = duckdb.connect()
SOURCE = Source(name="crm", family="standard", currency="MXN")

Found = tuple[list[tuple[int, dict[str, str | None]]], list[tuple[int, str, str]]]


def read(text: str | list[str], decimal: str = ".", expansion_ratio: int = 200) -> Found:
    """(line, values that aren't null) of sound rows, and (line, reason, text) of the others."""
    blocks = [text] if isinstance(text, str) else text

    def again() -> Iterator[bytes]:
        return iter([block.encode() for block in blocks])

    sound: list[tuple[int, dict[str, str | None]]] = []
    bad: list[tuple[int, str, str]] = []
    limits = Limits(expansion_ratio=expansion_ratio)
    source = SOURCE.model_copy(update={"decimal": decimal, "limits": limits})
    for chunk in JsonlReader(CONNECTION, THINGS, source).chunks(again):
        columns = {name: values.to_pylist() for name, values in chunk.columns.items()}
        texts = chunk.texts(np.arange(len(chunk.lines))).to_pylist()
        unusable: dict[int, str] = {}
        for reason, _, flags in chunk.unusable:
            for row in np.flatnonzero(flags).tolist():
                unusable.setdefault(row, str(reason))
        for row, line in enumerate(chunk.lines.tolist()):
            if row in unusable:
                bad.append((line, unusable[row], texts[row]))
            else:
                sound.append(
                    (line, {name: values[row] for name, values in columns.items() if values[row] is not None})
                )
        for part in chunk.bad:
            bad += zip(part.lines.tolist(), part.reasons.to_pylist(), part.texts.to_pylist(), strict=True)
    return sound, sorted(bad)


class NotJson(ValueError):
    pass


def _refuse(word: str) -> None:
    raise NotJson(word)


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise NotJson("a key twice")
    return dict(pairs)


def as_text(value: object) -> str | None:
    """What a value is as text: numbers come as text from the parser."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() or None if value is not None else None


def expected(text: str) -> Found:
    sound: list[tuple[int, dict[str, str | None]]] = []
    bad: list[tuple[int, str, str]] = []
    for line, row in enumerate(text.split("\n"), 1):
        row = row.removesuffix("\r")
        if not row.strip():
            continue
        try:
            if "\0" in row:
                bad.append((line, "nul_byte", row))
                continue
            value = json.loads(
                row, parse_constant=_refuse, parse_float=str, parse_int=str, object_pairs_hook=_pairs
            )
            if not isinstance(value, dict):
                raise NotJson("no object")
            json.dumps(value, ensure_ascii=False).encode()
        except (NotJson, ValueError, RecursionError):
            bad.append((line, "malformed_row", row))
            continue
        if any("\0" in str(part) for pair in value.items() for part in pair):
            bad.append((line, "nul_byte", row))
        elif any(isinstance(each, dict | list) for each in value.values()):
            bad.append((line, "unreadable_value", row))
        else:
            values = {key: as_text(each) for key, each in value.items()}
            sound.append((line, {key: each for key, each in values.items() if each is not None}))
    return sound, sorted(bad)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.text(st.sampled_from(list('x" \\é\n\0\ud83d\ude00{}[],:1.5')), max_size=6).map(
        lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    ),
    st.integers(-(10**25), 10**25),
    st.just([1.5, {"d": None}]),
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES).map(lambda value: {"a": 1} | value)
LINES = st.tuples(OBJECTS, st.booleans()).map(lambda pair: json.dumps(pair[0], ensure_ascii=pair[1]))
NUMBERS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?\Z").map(
    lambda number: f'{{"a": {number}}}'
)
BROKEN = st.tuples(
    LINES, st.integers(0, 60), st.sampled_from([*list('{}[]",:\\ 1eN\x00\r'), "NaN", ",}", "null"])
).map(lambda found: found[0][: found[1]] + found[2] + found[0][found[1] + 1 :])


def has_other_keys(line: str) -> bool:
    try:
        value = json.loads(line)
    except ValueError:
        return False
    return isinstance(value, dict) and not set(value) <= {"a", "b", "c"}


@settings(max_examples=60)
@given(st.lists(st.one_of(LINES, NUMBERS, BROKEN), max_size=8))
@example(
    ['{"a":1,}', '{"a":NaN}', '{"a":1e309}', '{"a":1,"a":1}', "[1]", '{"a":"\\ud800"}', "{}", '{"a":01}']
)
@example(['{"a":12345678901234567.12345678901}', '{"a":1.50}', '{"a":"x: 1.50"}', '{"a":-0}'])
def test_any_line_is_read_as_json_is_defined(lines: list[str]) -> None:
    lines = [line for line in lines if not has_other_keys(line)]
    text = "\n".join(['{"a":"first","b":null,"c":null}', *lines]) + "\n"
    assert read(text) == expected(text)


@settings(max_examples=15)
@given(st.lists(LINES, min_size=1, max_size=5), st.lists(st.integers(0, 200), max_size=4))
def test_where_the_text_is_cut_changes_nothing(lines: list[str], places: list[int]) -> None:
    text = "\n\n".join(['{"a":"first","b":null,"c":null}', *lines])
    edges = sorted({place % (len(text) + 1) for place in places})
    blocks = [
        text[start:end] for start, end in zip([0, *edges], [*edges, len(text)], strict=True) if end > start
    ]
    assert read(blocks) == read(text)


def test_a_number_keeps_its_digits_and_takes_the_decimal_character_of_its_source() -> None:
    text = '{"a": 12345678901.12345678, "b": "1.5", "c": 1e3}\n'
    assert read(text)[0] == [(1, {"a": "12345678901.12345678", "b": "1.5", "c": "1e3"})]
    assert read(text, decimal=",")[0] == [(1, {"a": "12345678901,12345678", "b": "1.5", "c": "1e3"})]


def test_columns_may_come_and_go_from_line_to_line() -> None:
    sound, _ = read('{"a": 1}\n{"b": 2, "a": 3}\n{"Region": "x", "a": 4}\n')
    assert sound == [(1, {"a": "1"}), (2, {"a": "3", "b": "2"}), (3, {"a": "4", "region": "x"})]


def test_two_spellings_of_one_key_are_refused() -> None:
    with pytest.raises(RefusedFile, match="columns that are one after the loose matching: a, property_A"):
        read('{"a": 1}\n{"property_A": 2}\n')


def test_a_file_in_which_no_line_has_a_required_key_is_refused() -> None:
    with pytest.raises(RefusedFile, match="missing required columns: a. Found: b"):
        read('{"b": 1}\n{"b": 2}\n')


def test_a_file_of_nothing_but_malformed_lines_goes_to_quarantine_line_by_line() -> None:
    assert read("a,b,c\n1,2,3\n") == ([], [(1, "malformed_row", "a,b,c"), (2, "malformed_row", "1,2,3")])


def test_an_empty_file_is_refused() -> None:
    for text in ("", "\n\n"):
        with pytest.raises(RefusedFile, match="the file is empty"):
            read(text)


def test_a_line_too_long_to_keep_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl_reader, "LARGEST_ROW_BYTES", 20)
    monkeypatch.setattr(jsonl_reader, "KEPT_OF_LARGE_ROW_BYTES", 10)
    long = '{"a": "' + "x" * 50 + '"}'
    sound, bad = read(['{"a": 1}\n', long[:30], long[30:], '\n{"a": 2}\n'])
    assert sound == [(1, {"a": "1"}), (3, {"a": "2"})]
    assert bad == [(2, "field_too_large", long[:10])]


def test_lines_that_leave_out_nearly_all_keys_are_refused_before_any_value_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three keys and ten lines: 30 values of 8 bytes are 240 bytes. The text is one line of 23 bytes and nine of 3: 50.

    So the table is 4.8 times the file, which a ratio of 5 allows and one of 4 doesn't."""
    text = '{"a":1,"b":"x","c":2 }\n' + "{}\n" * 9
    assert len(text) == 50
    monkeypatch.setattr(jsonl_reader, "CELLS_AT_ONCE", 29)
    assert len(read(text, expansion_ratio=5)[0]) == 10
    monkeypatch.setattr(JsonlReader, "_values", None)
    with pytest.raises(
        RefusedFile, match="10 lines leave out nearly all of their 3 different keys: .* 4 times"
    ):
        read(text, expansion_ratio=4)


def test_what_is_read_at_once_may_be_as_sparse_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl_reader, "CELLS_AT_ONCE", 30)
    assert len(read('{"a":1,"b":"x","c":2 }\n' + "{}\n" * 9, expansion_ratio=1)[0]) == 10
