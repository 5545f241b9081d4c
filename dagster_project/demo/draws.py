"""Random draws that come out the same, bit for bit, on any machine.

What belongs here: drawing numbers and choices. What doesn't: what is drawn for.

Only what IEEE 754 fixes is used on floats: comparison, the four operations one at a time, and
floor. Exponentials, logarithms, normal variates and interpolation in one compiled step may differ
between processors in the last bit, and one bit is enough to move a second. Weights are integers,
because sums of integers are exact in any order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float64]

Quantiles = Sequence[tuple[float, int]]
"""(share, value) pairs from share 0.0 to share 1.0, straight lines between them."""


def stream(seed: int, number: int) -> np.random.Generator:
    """An own stream of randomness for one step, so that a change in one step moves no other's."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(number,))))


def happens(rng: np.random.Generator, share: float | Shares, size: int) -> Flags:
    """True with probability `share` (one for all, or one each)."""
    return rng.random(size) < share


def below(rng: np.random.Generator, limit: int | Whole, size: int) -> Whole:
    """Whole numbers from 0 to just below `limit` (one for all, or one each)."""
    return np.floor(rng.random(size) * limit).astype(np.int64)


def choose(rng: np.random.Generator, weights: Sequence[int] | Whole, size: int) -> Whole:
    """Positions in `weights`, each as often as its whole weight says."""
    bounds = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(bounds, below(rng, int(bounds[-1]), size), side="right").astype(np.int64)


def choose_by_row(rng: np.random.Generator, weights: Whole, rows: Whole) -> Whole:
    """For each entry of `rows` a column of that row of the matrix `weights`.

    Every row must have a positive weight.
    """
    bounds = np.cumsum(weights.reshape(-1))
    row_ends = bounds[weights.shape[1] - 1 :: weights.shape[1]]
    row_starts = np.concatenate([np.zeros(1, dtype=np.int64), row_ends[:-1]])
    drawn = row_starts[rows] + below(rng, (row_ends - row_starts)[rows], len(rows))
    return np.searchsorted(bounds, drawn, side="right").astype(np.int64) - rows * weights.shape[1]


def from_quantiles(rng: np.random.Generator, quantiles: Quantiles, size: int) -> Whole:
    """Whole numbers distributed as the quantiles say."""
    shares = np.array([share for share, _ in quantiles])
    values = np.array([value for _, value in quantiles], dtype=np.int64)
    drawn = rng.random(size)
    left = np.clip(np.searchsorted(shares, drawn, side="right") - 1, 0, len(quantiles) - 2)
    # One operation a line: a fused multiply-add would round once where two operations round twice.
    share_of_step = (drawn - shares[left]) / (shares[left + 1] - shares[left])
    part = share_of_step * (values[left + 1] - values[left])
    return (values[left] + np.floor(part)).astype(np.int64)


def from_either(rng: np.random.Generator, first: Quantiles, second: Quantiles, takes_second: Flags) -> Whole:
    """One number each, from the second distribution where `takes_second` is true."""
    size = len(takes_second)
    return np.where(takes_second, from_quantiles(rng, second, size), from_quantiles(rng, first, size))
