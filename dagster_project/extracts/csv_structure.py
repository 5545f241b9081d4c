"""Where the records and fields of CSV text begin and end: found, not guessed, and without a loop over rows.

Only four characters matter: the quote, the delimiter, the line feed and the carriage return. A quote opens a field only
at the field's beginning; inside a quoted field two quotes are one character; elsewhere a quote is text. What a run of
adjacent quotes does depends therefore on two facts: whether its length is odd, and whether a field begins at it.

- even: it leaves inside and outside as they are;
- odd, where a field begins: it swaps inside and outside;
- odd, elsewhere: it ends outside, whatever was before.

So the state after a run is the parity of the swaps since the last run of the third kind: a cumulative sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

QUOTE, LINE_FEED, CARRIAGE_RETURN, NUL = ord('"'), ord("\n"), ord("\r"), 0


@dataclass(frozen=True)
class Records:
    """The whole records of a piece of text, blank ones included, in order.

    `starts`, `ends`: offsets of their text, without the line's end. `line_feeds`: how many precede each in the piece.
    `delimiters`: outside quotes, in each. `is_malformed`: text after a closing quote, or a carriage return outside
    quotes that ends no line. `has_nul`: whether a NUL byte is in it. `consumed`: where the first record begins that
    isn't whole. `open_quote`: where the quoted field begins that is open at the end, or -1.
    """

    starts: Integers
    ends: Integers
    line_feeds: Integers
    delimiters: Integers
    is_malformed: Flags
    has_nul: Flags
    consumed: int
    open_quote: int

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True)
class Carried:
    """What precedes a piece that begins inside a record: inside quotes or not, and the byte before it."""

    is_inside: bool
    byte_before: int


RECORD_BEGINS = Carried(is_inside=False, byte_before=LINE_FEED)


def find_records(data: Bytes, delimiter: int, is_last: bool, carried: Carried = RECORD_BEGINS) -> Records:
    """The records of `data`, which begins where a record does (or as `carried` says).

    With `is_last` the text ends here, and what follows the last line feed is a record too (unless it is empty).
    """
    positions = np.flatnonzero((data == delimiter) | (data == QUOTE) | (data == LINE_FEED))
    kinds = data[positions]
    inside, malformed_at, open_quote = _quotes(data, positions, kinds, delimiter, carried)
    line_feeds_at = np.flatnonzero(kinds == LINE_FEED)
    is_end = ~inside[line_feeds_at]
    ends_at = line_feeds_at[is_end]
    ends = positions[ends_at]
    line_feeds_through = np.flatnonzero(is_end) + 1
    consumed = int(ends[-1]) + 1 if len(ends) else 0
    if is_last and consumed < len(data) and open_quote < 0:
        ends = np.append(ends, len(data))
        ends_at = np.append(ends_at, len(positions))
        line_feeds_through = np.append(line_feeds_through, len(line_feeds_at))
        consumed = len(data)
    starts = _shifted(ends + 1)
    malformed_at = np.concatenate([malformed_at, _lone_returns(data, positions, inside, is_last, carried)])
    delimiters = _counts_between((kinds == delimiter) & ~inside, ends_at)
    ends = ends - ((ends > starts) & (data[np.maximum(ends - 1, 0)] == CARRIAGE_RETURN))
    return Records(
        starts=starts,
        ends=ends,
        line_feeds=_shifted(line_feeds_through),
        delimiters=delimiters,
        is_malformed=_records_with(malformed_at, starts, consumed),
        has_nul=_records_with(np.flatnonzero(data[:consumed] == NUL), starts, consumed),
        consumed=consumed,
        open_quote=open_quote,
    )


def _shifted(values: Integers) -> Integers:
    """Each place's predecessor; 0 has none."""
    return np.concatenate([[0], values[:-1]])[: len(values)].astype(np.int64)


def _counts_between(flags: Flags, ends_at: Integers) -> Integers:
    """How many flags are set before each of the places, and not before the place ahead of it."""
    if len(ends_at) == 0 or len(flags) == 0:
        return np.zeros(len(ends_at), dtype=np.int64)
    begins_at = _shifted(ends_at)
    # A sum over an empty range would be its first element's: only the last range can be empty, at the very end.
    counts = np.add.reduceat(flags, np.minimum(begins_at, len(flags) - 1), dtype=np.int64)
    last = flags[begins_at[-1] : ends_at[-1]]
    counts[-1] = int(last.sum())
    return counts


def _quotes(
    data: Bytes, positions: Integers, kinds: Bytes, delimiter: int, carried: Carried
) -> tuple[Flags, Integers, int]:
    """Which of the special positions are inside quotes, where text follows a closing quote, and the open quote."""
    quotes_at = np.flatnonzero(kinds == QUOTE)
    if len(quotes_at) == 0:
        inside = np.full(len(positions), carried.is_inside)
        return inside, np.empty(0, dtype=np.int64), 0 if carried.is_inside else -1
    quotes = positions[quotes_at]
    begins = np.flatnonzero(np.diff(quotes, prepend=-2) != 1)
    last_of_run = np.append(begins[1:], len(quotes)) - 1
    first, last = quotes[begins], quotes[last_of_run]
    is_odd = (last - first) % 2 == 0
    before = np.where(first > 0, data[first - 1], carried.byte_before)
    field_begins = (before == delimiter) | (before == LINE_FEED)

    swaps = is_odd & field_begins
    resets = is_odd & ~field_begins
    swaps_through = np.cumsum(swaps)
    last_reset = np.maximum.accumulate(np.where(resets, np.arange(len(first)), -1))
    since = np.where(last_reset >= 0, swaps_through[last_reset], -int(carried.is_inside))
    inside_after = (swaps_through - since) % 2 == 1
    inside_before = np.append(carried.is_inside, inside_after[:-1])

    closes = np.where(is_odd, inside_before, ~inside_before & field_begins)
    following = np.minimum(last + 1, len(data) - 1)
    after = data[following]
    at_end = last + 1 == len(data)
    after_next = data[np.minimum(last + 2, len(data) - 1)]
    ends_line = (after == CARRIAGE_RETURN) & ((last + 2 >= len(data)) | (after_next == LINE_FEED))
    fine = at_end | (after == delimiter) | (after == LINE_FEED) | ends_line

    run_begins_at = np.append(quotes_at[begins], len(positions))
    states = np.append(carried.is_inside, inside_after)
    inside = np.repeat(states, np.diff(run_begins_at, prepend=0))
    open_quote = -1
    if inside_after[-1]:
        opens = np.flatnonzero(inside_after & ~inside_before)
        open_quote = int(first[opens[-1]]) if len(opens) else 0
    return inside, last[closes & ~fine], open_quote


def _lone_returns(
    data: Bytes, positions: Integers, inside: Flags, is_last: bool, carried: Carried
) -> Integers:
    """Carriage returns outside quotes that end no line."""
    returns = np.flatnonzero(data == CARRIAGE_RETURN)
    if len(returns) == 0:
        return returns
    at_end = returns + 1 == len(data)
    ends_line = np.where(at_end, is_last, data[np.minimum(returns + 1, len(data) - 1)] == LINE_FEED)
    lone = returns[~ends_line]
    if len(lone) == 0:
        return lone
    special_before = np.searchsorted(positions, lone) - 1
    if len(inside) == 0:
        return lone[:0] if carried.is_inside else lone
    return lone[~np.where(special_before >= 0, inside[special_before], carried.is_inside)]


def _records_with(places: Integers, starts: Integers, consumed: int) -> Flags:
    found = np.zeros(len(starts), dtype=np.bool_)
    places = places[places < consumed]
    if len(places):
        found[np.searchsorted(starts, places, side="right") - 1] = True
    return found
