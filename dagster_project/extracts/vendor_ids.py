"""Vendors' ids: which forms are readable, and which texts are one id. Whole columns at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .timestamps import IMPOSSIBLE, READABLE, UNREADABLE, Bytes, Flags, texts_by_length

SHORT_LENGTH, LONG_LENGTH = 15, 18
SUFFIX_CHARACTERS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
MOST_DIGITS = 20

States = npt.NDArray[np.int8]


def read_object_ids(texts: pa.StringArray) -> States:
    """The state of each text as a HubSpot id: a whole number."""
    state = np.zeros(len(texts), dtype=np.int8)
    for rows, matrix in texts_by_length(texts):
        fine = _is_between(matrix, "0", "9").all(axis=0) & (0 < len(matrix) <= MOST_DIGITS)
        state[rows] = np.where(fine, READABLE, UNREADABLE)
    return state


def read_salesforce_ids(texts: pa.StringArray) -> tuple[pa.StringArray, States]:
    """Salesforce ids by their first 15 characters, in which case counts, and their states.

    An id of 18 characters ends in a suffix that tells which of the 15 are capitals: one that tells otherwise is
    impossible. Any other text is unreadable.
    """
    state = np.full(len(texts), UNREADABLE, dtype=np.int8)
    state[~texts.is_valid().to_numpy(zero_copy_only=False)] = READABLE
    has_suffix = False
    for rows, matrix in texts_by_length(texts):
        if len(matrix) not in (SHORT_LENGTH, LONG_LENGTH):
            continue
        fine = _is_alphanumeric(matrix).all(axis=0)
        of_rows = np.where(fine, READABLE, UNREADABLE)
        if len(matrix) == LONG_LENGTH:
            has_suffix = True
            fits = (_suffixes(matrix[:SHORT_LENGTH]) == _capitals(matrix[SHORT_LENGTH:])).all(axis=0)
            of_rows[fine & ~fits] = IMPOSSIBLE
        state[rows] = of_rows
    return (pc.utf8_slice_codeunits(texts, 0, SHORT_LENGTH) if has_suffix else texts), state


def _suffixes(matrix: Bytes) -> Bytes:
    """The three characters that tell which of fifteen are capitals: one for each five, the first the lowest bit."""
    is_capital = _is_between(matrix, "A", "Z").reshape(3, 5, -1)
    weights = (1 << np.arange(5)).reshape(1, 5, 1)
    suffixes: Bytes = SUFFIX_CHARACTERS[(is_capital * weights).sum(axis=1)]
    return suffixes


def _capitals(matrix: Bytes) -> Bytes:
    return np.where(_is_between(matrix, "a", "z"), matrix - np.uint8(ord("a") - ord("A")), matrix)


def _is_alphanumeric(matrix: Bytes) -> Flags:
    flags: Flags = (
        _is_between(matrix, "0", "9") | _is_between(matrix, "a", "z") | _is_between(matrix, "A", "Z")
    )
    return flags


def _is_between(matrix: Bytes, first: str, last: str) -> Flags:
    flags: Flags = (matrix >= ord(first)) & (matrix <= ord(last))
    return flags
