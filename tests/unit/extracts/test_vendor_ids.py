"""Which texts are vendors' ids, and which are one."""

from __future__ import annotations

import pyarrow as pa

from dagster_project.extracts.timestamps import IMPOSSIBLE, READABLE, UNREADABLE
from dagster_project.extracts.vendor_ids import read_object_ids, read_salesforce_ids

# Salesforce's suffix, by hand: each five characters are five bits, the first the lowest, 1 for a capital;
# 00000 is A, 11111 is 5. 0055g 00000 ABCDE: no capital, none, five of five.
SHORT, LONG = "0055g00000ABCDE", "0055g00000ABCDEAA5"


def salesforce(*texts: str | None) -> tuple[list[str | None], list[int]]:
    ids, state = read_salesforce_ids(pa.array(texts, pa.string()))
    return ids.to_pylist(), state.tolist()


def test_fifteen_and_eighteen_characters_are_one_id() -> None:
    assert salesforce(SHORT, LONG, None) == ([SHORT, SHORT, None], [READABLE] * 3)


def test_the_suffix_may_be_written_in_small_letters_and_the_id_may_not() -> None:
    assert salesforce(LONG[:15] + "aa5") == ([SHORT], [READABLE])
    assert salesforce(LONG.lower())[1] == [IMPOSSIBLE]


def test_ids_that_differ_in_case_are_two() -> None:
    # 00q5g00000abcDe: D, the fourth of the last five, is the bit of 8: the letter I.
    first, second = salesforce("00q5g00000abcde", "00q5g00000abcDeAAI")[0]
    assert first != second == "00q5g00000abcDe"


def test_a_suffix_that_does_not_fit_is_impossible() -> None:
    assert salesforce(SHORT + "AAA", SHORT + "AA4", "00q5g00000abcDeAAI")[1] == [
        IMPOSSIBLE,
        IMPOSSIBLE,
        READABLE,
    ]


def test_other_texts_are_no_salesforce_ids() -> None:
    assert (
        salesforce("Rosa Reyes", "0055g00000ABCD", "0055g00000ABCD-", "0055g00000ABCDEAA", "x" * 21)[1]
        == [UNREADABLE] * 5
    )


def test_hubspots_ids_are_whole_numbers() -> None:
    texts = pa.array(["101", "12345678901", None, "101.0", "-5", "a1", "9" * 21], pa.string())
    assert read_object_ids(texts).tolist() == [
        READABLE,
        READABLE,
        READABLE,
        UNREADABLE,
        UNREADABLE,
        UNREADABLE,
        UNREADABLE,
    ]
