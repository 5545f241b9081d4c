"""The vendors' ids for the simulation's: HubSpot's numbers, Salesforce's 18 characters.

What belongs here: one id from another, reversible and the same each time. What doesn't: which column
holds which.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..draws import Whole

_LETTERS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_SUFFIXES = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
_ORG = b"5g0"
_DIGITS = 9
# Numbers one after the other give ids that differ in more than their last letter, as an org's do.
_SPREAD, _SHIFT = 48_611, 3_844_000_000
NONE = -1


def numbers_of(ids: pa.Array | pa.ChunkedArray, prefix: str) -> Whole:
    """The numbers in ids such as `C000043` (43); NONE for a null."""
    digits = pc.cast(pc.utf8_slice_codeunits(ids, len(prefix)), pa.int64())
    return np.asarray(pc.fill_null(digits, NONE))


def hubspot_ids(numbers: Whole, first: int) -> pa.Array:
    """Record ids from `first` on; null for NONE."""
    return pa.array(first + numbers, mask=numbers == NONE).cast(pa.string())


def salesforce_ids(numbers: Whole, key_prefix: str) -> pa.Array:
    """18-character ids with an object's key prefix, such as `00Q`; null for NONE."""
    size = len(numbers)
    text = np.empty((size, 15), dtype=np.uint8)
    text[:, :6] = np.frombuffer(key_prefix.encode() + _ORG, dtype=np.uint8)
    rest = np.where(numbers == NONE, 0, numbers) * _SPREAD + _SHIFT
    for place in range(_DIGITS):
        text[:, 14 - place] = _LETTERS[rest % 62]
        rest = rest // 62
    return pa.array(with_suffix(text), pa.string(), mask=numbers == NONE)


def with_suffix(text: npt.NDArray[np.uint8]) -> npt.NDArray[np.str_]:
    """Ids of 18 characters for the rows of a matrix of 15.

    The last three characters tell which of the first fifteen are capitals, five a character, the
    first one the least significant bit (Salesforce's published rule for case-insensitive ids).
    """
    is_capital = (text >= ord("A")) & (text <= ord("Z"))
    suffix = _SUFFIXES[is_capital.reshape(len(text), 3, 5) @ (1 << np.arange(5))]
    whole = np.ascontiguousarray(np.concatenate([text, suffix], axis=1))
    return whole.view("S18").reshape(len(text)).astype("U18")
