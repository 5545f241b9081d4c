"""Timestamps and dates from text to numbers, whole columns at a time.

What belongs here: which forms are readable, and what instant they mean. The forms are `YYYY-MM-DD`, optionally with `T`
or a blank and `hh:mm[:ss[.digits]]`, and then `Z`, `±hh`, `±hhmm` or `±hh:mm`; nothing else is guessed at.

Texts of one length are laid side by side as a matrix of bytes, so that a check of one character is one comparison for
the whole column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dagster_project.civil_time import local_microseconds_to_utc

FIRST_YEAR = 1990
LAST_YEAR = 2100

READABLE, UNREADABLE, IMPOSSIBLE = 0, 1, 2

SECOND = 1_000_000
DAY = 86_400 * SECOND
DATE_LENGTH, MINUTES_LENGTH, SECONDS_LENGTH = 10, 16, 19
EPOCH_LENGTHS = (12, 13)
FIRST_EPOCH, END_OF_EPOCHS = 631_152_000_000, 4_133_980_800_000  # milliseconds: of 1990 begins, 2100 ends
SUFFIX_LENGTHS = (0, 1, 3, 5, 6)  # none, Z, ±hh, ±hhmm, ±hh:mm
DAYS_IN_MONTH = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ReadTimes:
    """`values` (microseconds or days since 1970; 0 where there is none) and the `state` of each row.

    `state` is READABLE, UNREADABLE or IMPOSSIBLE (a year outside 1990 to 2100); nulls are READABLE.
    """

    values: Integers
    state: npt.NDArray[np.int8]


def read_timestamps(texts: pa.StringArray, zone_name: str, with_epochs: bool = False) -> ReadTimes:
    """Microseconds of UTC since 1970; times without an offset are on the clock of `zone_name`.

    `with_epochs`: whole numbers of 12 or 13 digits are milliseconds since 1970.
    """
    values = np.zeros(len(texts), dtype=np.int64)
    state = np.zeros(len(texts), dtype=np.int8)
    for rows, matrix in texts_by_length(texts):
        if with_epochs and len(matrix) in EPOCH_LENGTHS:
            values[rows], state[rows] = _epochs(matrix)
            continue
        instants, has_offset, of_rows = _timestamps(matrix)
        naive = ~has_offset & (of_rows == READABLE)
        if zone_name != "UTC" and naive.any():
            instants[naive] = local_microseconds_to_utc(instants[naive], zone_name)
        values[rows] = np.where(of_rows == READABLE, instants, 0)
        state[rows] = of_rows
    return ReadTimes(values, state)


def read_dates(texts: pa.StringArray) -> ReadTimes:
    """Days since 1970 of `YYYY-MM-DD`."""
    values = np.zeros(len(texts), dtype=np.int64)
    state = np.zeros(len(texts), dtype=np.int8)
    for rows, matrix in texts_by_length(texts):
        if len(matrix) != DATE_LENGTH:
            state[rows] = UNREADABLE
            continue
        days, of_rows = _days(matrix)
        values[rows] = np.where(of_rows == READABLE, days, 0)
        state[rows] = of_rows
    return ReadTimes(values, state)


def read_days(texts: pa.StringArray, with_epochs: bool = False) -> ReadTimes:
    """Days since 1970 of dates that may be written as midnights: an offset shifts nothing, an hour is unreadable."""
    values = np.zeros(len(texts), dtype=np.int64)
    state = np.zeros(len(texts), dtype=np.int8)
    for rows, matrix in texts_by_length(texts):
        if with_epochs and len(matrix) in EPOCH_LENGTHS:
            instants, of_rows = _epochs(matrix)
            is_midnight = instants % DAY == 0
        else:
            instants, _, of_rows = _timestamps(matrix)
            if len(matrix) >= DATE_LENGTH:
                instants = _days(matrix)[0] * DAY
            is_midnight = _says_midnight(matrix)
        of_rows = np.where((of_rows == READABLE) & ~is_midnight, UNREADABLE, of_rows)
        values[rows] = np.where(of_rows == READABLE, instants // DAY, 0)
        state[rows] = of_rows
    return ReadTimes(values, state)


def _says_midnight(matrix: Bytes) -> Flags:
    """Where the clock of a readable timestamp shows 0; a date alone has no clock."""
    is_zero = matrix == ord("0")
    says: Flags = (
        is_zero[[11, 12, 14, 15]].all(axis=0) if len(matrix) >= MINUTES_LENGTH else is_zero[:0].all(axis=0)
    )
    if len(matrix) >= SECONDS_LENGTH:
        says &= is_zero[[17, 18]].all(axis=0) | (matrix[MINUTES_LENGTH] != ord(":"))
    return says


def _epochs(matrix: Bytes) -> tuple[Integers, npt.NDArray[np.int8]]:
    """Microseconds since 1970 of milliseconds since 1970, with their state."""
    milliseconds, fine = _digits(matrix, 0, len(matrix))
    state = np.where(fine, READABLE, UNREADABLE).astype(np.int8)
    is_possible = (milliseconds >= FIRST_EPOCH) & (milliseconds < END_OF_EPOCHS)
    state[fine & ~is_possible] = IMPOSSIBLE
    return np.where(state == READABLE, milliseconds * 1000, 0), state


def texts_by_length(texts: pa.StringArray) -> list[tuple[Integers | slice, Bytes]]:
    """Rows that hold a text of one length, with the texts as a matrix: one line a character."""
    if len(texts) == 0:
        return []
    _, offsets_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data_buffer or b"", dtype=np.uint8)
    lengths = np.diff(offsets)
    if texts.null_count:
        lengths = np.where(texts.is_valid().to_numpy(zero_copy_only=False), lengths, -1)
    if lengths.min() == lengths.max() and lengths[0] > 0:
        together = data[offsets[0] : offsets[-1]].reshape(len(texts), lengths[0])
        return [(slice(None), np.ascontiguousarray(together.T))]
    groups: list[tuple[Integers | slice, Bytes]] = []
    for length in np.unique(lengths):
        if length >= 0:
            rows = np.flatnonzero(lengths == length)
            starts = offsets[rows]
            groups.append((rows, data[np.arange(length)[:, None] + starts[None, :]]))
    return groups


def _digits(matrix: Bytes, first: int, count: int) -> tuple[Integers, Flags]:
    """The number that `count` characters from `first` on spell, and where they are all digits."""
    number = np.zeros(matrix.shape[1], dtype=np.int64)
    fine = np.ones(matrix.shape[1], dtype=np.bool_)
    for position in range(first, first + count):
        digit = matrix[position] - np.uint8(ord("0"))
        fine &= digit <= 9
        number = number * 10 + digit
    return number, fine


def _days(matrix: Bytes) -> tuple[Integers, npt.NDArray[np.int8]]:
    """Days since 1970 of the date in the first ten characters, with their state."""
    year, year_fine = _digits(matrix, 0, 4)
    month, month_fine = _digits(matrix, 5, 2)
    day, day_fine = _digits(matrix, 8, 2)
    fine = year_fine & month_fine & day_fine & (matrix[4] == ord("-")) & (matrix[7] == ord("-"))
    fine &= (month >= 1) & (month <= 12) & (day >= 1)
    month = np.where(fine, month, 1)
    is_leap_day = (month == 2) & (day == 29) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    fine &= (day <= DAYS_IN_MONTH[month]) | is_leap_day
    state = np.where(fine, READABLE, UNREADABLE).astype(np.int8)
    state[fine & ((year < FIRST_YEAR) | (year > LAST_YEAR))] = IMPOSSIBLE
    # Years counted from March, so that the leap day is a year's last: then months before this one hold
    # (153 * m + 2) // 5 days.
    since_march = (month + 9) % 12
    year_of_march = year - (month <= 2)
    days_to_year = 365 * year_of_march + year_of_march // 4 - year_of_march // 100 + year_of_march // 400
    days = days_to_year + (153 * since_march + 2) // 5 + day - 1 - 719_468
    return days, state


def _timestamps(matrix: Bytes) -> tuple[Integers, Flags, npt.NDArray[np.int8]]:
    """Microseconds since 1970 (of UTC with an offset, of the local clock without), which have one, and states."""
    length, count = matrix.shape
    nothing = np.zeros(count, dtype=np.bool_)
    if length < MINUTES_LENGTH and length != DATE_LENGTH:
        return np.zeros(count, dtype=np.int64), nothing, np.full(count, UNREADABLE, dtype=np.int8)
    days, state = _days(matrix)
    instants = days * DAY
    if length == DATE_LENGTH:
        return instants, nothing, state
    hour, hour_fine = _digits(matrix, 11, 2)
    minute, minute_fine = _digits(matrix, 14, 2)
    fine = hour_fine & minute_fine & (hour <= 23) & (minute <= 59) & (matrix[13] == ord(":"))
    fine &= (matrix[10] == ord("T")) | (matrix[10] == ord(" "))
    instants += (hour * 3600 + minute * 60) * SECOND
    suffix = _suffix_lengths(matrix)
    seconds_are_there = matrix[MINUTES_LENGTH] == ord(":") if length > MINUTES_LENGTH else nothing
    understood = np.zeros(count, dtype=np.bool_)
    for suffix_length in SUFFIX_LENGTHS:
        for base in (MINUTES_LENGTH, SECONDS_LENGTH):
            rows = np.flatnonzero((suffix == suffix_length) & (seconds_are_there == (base == SECONDS_LENGTH)))
            if len(rows):
                part = matrix if len(rows) == count else matrix[:, rows]
                added, part_fine = _after_minutes(part, base, suffix_length)
                instants[rows] += added
                understood[rows] = part_fine
    state[~(fine & understood)] = UNREADABLE
    return instants, suffix > 0, state


def _suffix_lengths(matrix: Bytes) -> npt.NDArray[np.int8]:
    """How many characters at the end tell the offset; 0 where none does."""
    length, count = matrix.shape

    def is_sign(from_end: int) -> Flags:
        if length - from_end < MINUTES_LENGTH:
            return np.zeros(count, dtype=np.bool_)
        character = matrix[length - from_end]
        signs: Flags = (character == ord("+")) | (character == ord("-"))
        return signs

    suffix: npt.NDArray[np.int8] = np.select(
        [matrix[-1] == ord("Z"), is_sign(6), is_sign(5), is_sign(3)], [1, 6, 5, 3], default=0
    ).astype(np.int8)
    return suffix


def _after_minutes(matrix: Bytes, base: int, suffix_length: int) -> tuple[Integers, Flags]:
    """Microseconds of the seconds, the fraction and the offset, and where these are well formed."""
    length, count = matrix.shape
    added = np.zeros(count, dtype=np.int64)
    fraction_end = length - suffix_length
    if fraction_end < base:
        return added, np.zeros(count, dtype=np.bool_)
    fine = np.ones(count, dtype=np.bool_)
    if base == SECONDS_LENGTH:
        second, second_fine = _digits(matrix, 17, 2)
        fine &= second_fine & (second <= 59)
        added += second * SECOND
    if fraction_end > base:
        digits = fraction_end - base - 1
        if base == MINUTES_LENGTH or digits == 0:
            return added, np.zeros(count, dtype=np.bool_)
        kept = min(digits, 6)
        fraction, fraction_fine = _digits(matrix, base + 1, kept)
        cut = matrix[base + 1 + kept : fraction_end] - np.uint8(ord("0"))
        fine &= fraction_fine & (matrix[base] == ord(".")) & (cut <= 9).all(axis=0)
        added += fraction * 10 ** (6 - kept)
    if suffix_length > 1:
        hours, hours_fine = _digits(matrix, length - suffix_length + 1, 2)
        fine &= hours_fine & (hours <= 23)
        minutes = np.zeros(count, dtype=np.int64)
        if suffix_length > 3:
            minutes, minutes_fine = _digits(matrix, length - 2, 2)
            fine &= minutes_fine & (minutes <= 59)
        if suffix_length == 6:
            fine &= matrix[length - 3] == ord(":")
        ahead = np.where(matrix[length - suffix_length] == ord("-"), -1, 1)
        added -= ahead * (hours * 3600 + minutes * 60) * SECOND
    return added, fine
