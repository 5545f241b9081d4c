"""The company's calendar: days, seasons, holidays and working time, as arrays of whole seconds.

What belongs here: time as the simulated people live it. Simulated times are seconds of the local
wall clock since 1970-01-01 00:00. What doesn't: the contract's business-time calendar, which the
pipeline makes from the signed contract and by which the company is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from .draws import Whole

TIMEZONE = "America/Mexico_City"
# Mexico City has been six hours behind UTC all year since October 2022. A fixed number gives the
# same files on machines whose time zone database is older than that.
UTC_OFFSET_SECONDS = -6 * 3600

MINUTE = 60
HOUR = 3600
DAY = 86_400
NEVER = 1 << 40
"""A time that doesn't come; later than every real one, and small enough to be added to."""

_EPOCH = date(1970, 1, 1).toordinal()

# Monday to Thursday, Friday; seconds of the day.
_FULL_DAY = ((9 * HOUR, 14 * HOUR), (15 * HOUR, 18 * HOUR))
_FRIDAY = ((9 * HOUR, 15 * HOUR),)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + _EPOCH)


def month_start(first_day: date, months_later: int) -> date:
    """The first day of a month so many months after that of `first_day`."""
    months = first_day.year * 12 + first_day.month - 1 + months_later
    return date(months // 12, months % 12 + 1, 1)


def easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, ch. 8)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_century, century_rest = divmod(century, 4)
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_century - moon_correction + 15) % 30
    leap_year, year_rest = divmod(in_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_year - epact - year_rest) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _nth_monday(year: int, month: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(-first.weekday()) % 7 + 7 * (n - 1))


def closed_days(year: int) -> frozenset[date]:
    """The days of a year on which the office is closed: the legal holidays and what is customary.

    The rules are written out, so that a newer holidays library changes no file of the demo.
    """
    easter_sunday = easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            _nth_monday(year, 2, 1),
            _nth_monday(year, 3, 3),
            easter_sunday - timedelta(days=3),
            easter_sunday - timedelta(days=2),
            date(year, 5, 1),
            date(year, 9, 16),
            _nth_monday(year, 11, 3),
            date(year, 12, 24),
            date(year, 12, 25),
            date(year, 12, 31),
        }
    )


# How lively a month is, in percent of an ordinary one, January first.
_MONTHS = (98, 108, 116, 104, 122, 106, 86, 92, 116, 124, 112, 84)


def liveliness(day: date) -> int:
    """How much happens on a day, in ten thousandths: season, weekend and holidays."""
    level = _MONTHS[day.month - 1] * 100
    if (day.month, day.day) >= (12, 19) or (day.month, day.day) <= (1, 6):
        level = level * 40 // 100
    since_palm_sunday = (day - easter(day.year)).days + 7
    if 0 <= since_palm_sunday <= 9:
        level = level * 40 // 100
    if day in closed_days(day.year):
        level = level * 50 // 100
    if day.weekday() >= 5:
        level = level * 28 // 100
    return level


# When in the day something of marketing happens, by hour: people read mail in the morning, after
# lunch, and some at night.
HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 5, 12, 28, 46, 52, 50, 40, 34, 30, 38, 44, 38, 26, 18, 15, 14, 10, 5)


@dataclass(frozen=True)
class WorkingTime:
    """The open intervals of a range of days: starts, ends, and seconds worked before each."""

    starts: Whole
    ends: Whole
    worked_before: Whole

    def worked(self, at: Whole) -> Whole:
        """Working seconds from the range's start to each time."""
        interval = np.searchsorted(self.starts, at, side="right") - 1
        inside = np.clip(at - self.starts[interval], 0, (self.ends - self.starts)[interval])
        return np.where(interval < 0, 0, self.worked_before[interval] + inside)

    def after(self, at: Whole, seconds: Whole) -> Whole:
        """The working instant so many working seconds after each time; NEVER stays NEVER."""
        target = self.worked(at) + seconds
        interval = np.searchsorted(self.worked_before, target, side="right") - 1
        reached = self.starts[interval] + target - self.worked_before[interval]
        in_range = (at < NEVER) & (reached < self.ends[interval])
        return np.where(in_range, reached, NEVER)


def working_time(first: int, last: int) -> WorkingTime:
    """The working time of the days from `first` to `last` (day numbers, both included)."""
    intervals = []
    for number in range(first, last + 1):
        day = day_of(number)
        if day.weekday() >= 5 or day in closed_days(day.year):
            continue
        for opens, closes in _FRIDAY if day.weekday() == 4 else _FULL_DAY:
            intervals.append((number * DAY + opens, number * DAY + closes))
    starts, ends = np.array(intervals, dtype=np.int64).T.copy()
    lengths = ends - starts
    return WorkingTime(starts, ends, np.cumsum(lengths) - lengths)
