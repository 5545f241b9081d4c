"""From the simulation's arrays to table columns: ids, words, instants, dates, money, lateness.

What belongs here: conversions that every table needs. What doesn't: any table in particular.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .clock import DAY, NEVER, UTC_OFFSET_SECONDS
from .draws import Flags, Whole, below, happens
from .setting import Setting


def ids(prefix: str, numbers: Whole, width: int = 6, missing: Flags | None = None) -> pa.Array:
    """Ids such as `C000043` for number 42; null where `missing`."""
    digits = pc.utf8_lpad(pa.array(numbers + 1).cast(pa.string()), width=width, padding="0")
    made = pc.binary_join_element_wise(prefix, digits, "")
    return made if missing is None else blanked(made, missing)


def blanked(values: pa.Array, missing: Flags) -> pa.Array:
    """The values, null where `missing`."""
    return pc.if_else(pa.array(missing), pa.scalar(None, values.type), values)


def words(choices: Sequence[str | None], positions: Whole) -> pa.Array:
    """A word each; an empty one is null."""
    return pa.array([word or None for word in choices], pa.string()).take(pa.array(positions))


def instants(local_seconds: Whole) -> pa.Array:
    """UTC instants of local seconds; null for NEVER."""
    utc = pa.array(local_seconds - UTC_OFFSET_SECONDS, mask=local_seconds >= NEVER)
    return utc.cast(pa.timestamp("s"))


def dates(day_numbers: Whole, missing: Flags | None = None) -> pa.Array:
    """Dates of day numbers; null where `missing`."""
    return pa.array(day_numbers.astype(np.int32), mask=missing).cast(pa.date32())


def money(cents: Whole) -> pa.Array:
    """Amounts of whole cents, with two decimals."""
    exact = pa.array(cents).cast(pa.decimal128(19, 0))
    return pc.multiply(exact, pa.scalar(Decimal("0.01"))).cast(pa.decimal128(14, 2))


def own_day(setting: Setting, at: Whole) -> Whole:
    """The extract that brings a record of each time: the day's, the first for what is older."""
    return np.maximum(at, setting.start_at) // DAY


def late(rng: np.random.Generator, setting: Setting, day: Whole, share: float, most_days: int) -> Whole:
    """The days, a share of them put off by 1 to `most_days`."""
    is_late = happens(rng, share, len(day)) & (day > setting.start_at // DAY)
    return day + np.where(is_late, 1 + below(rng, most_days, len(day)), 0)


def delivered(
    rng: np.random.Generator, setting: Setting, table: pa.Table, day: Whole, repeated_share: float = 0.0
) -> pa.Table:
    """The table with its extract dates, in their order, without what comes after the last day.

    A share of the rows comes a second time with the next day's extract.
    """
    rows = np.arange(len(day))
    again = rows[happens(rng, repeated_share, len(day))]
    rows = np.concatenate([rows, again])
    delivery = np.concatenate([day, day[again] + 1])
    known = delivery <= setting.last_number
    rows, delivery = rows[known], delivery[known]
    order = np.argsort(delivery, kind="stable")
    chosen = table.take(pa.array(rows[order]))
    return chosen.append_column("delivered_on", dates(delivery[order]))
