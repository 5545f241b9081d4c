"""Instants, civil time and business time (domain.md §2). Instants are naive datetimes in UTC."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import holidays

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIMESTAMP = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<digits>[0-9]+))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
LAST_DATE = date(2101, 12, 31)


def local_to_utc(naive: datetime, zone: ZoneInfo) -> datetime:
    """§2.1: in a gap forward by the gap's length, in an overlap the first of the two (fold=0)."""
    return naive.replace(tzinfo=zone, fold=0).astimezone(UTC).replace(tzinfo=None)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date that a clock of the zone shows at the instant."""
    return instant.replace(tzinfo=UTC).astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the local day begins."""
    return local_to_utc(datetime.combine(day, time()), zone)


def month_after(day: date) -> date:
    """The first day of the month after the one that holds `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def read_timestamp(text: str, zone: ZoneInfo) -> datetime:
    """§2.1's forms; digits beyond microseconds are cut. Raises ValueError for any other form."""
    match = TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no timestamp")
    moment = datetime.fromisoformat(match["day"])
    if match["hour"] is None:
        return local_to_utc(moment, zone)
    moment = moment.replace(
        hour=int(match["hour"]),
        minute=int(match["minute"]),
        second=int(match["second"] or 0),
        microsecond=int(((match["digits"] or "") + "000000")[:6]),
    )
    offset = match["zone"]
    if offset is None:
        return local_to_utc(moment, zone)
    if offset == "Z":
        return moment
    digits = offset[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return moment - shift if offset[0] == "+" else moment + shift


def united(intervals: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Overlapping and touching intervals made one; empty ones left out (§2.3)."""
    result: list[tuple[datetime, datetime]] = []
    for opens, closes in sorted(intervals):
        if closes <= opens:
            continue
        if result and opens <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], closes))
        else:
            result.append((opens, closes))
    return result


def clock(day: date, text: str) -> datetime:
    """`09:00` of a day; `24:00` is the midnight after it."""
    hours, minutes = text.split(":")
    return datetime.combine(day, time()) + timedelta(hours=int(hours), minutes=int(minutes))


@dataclass
class Calendar:
    """The business hours and holidays of one contract version (§2.3 to §2.6)."""

    zone: ZoneInfo
    hours: dict[str, list[tuple[str, str]]]
    country: str | None = None
    subdivision: str | None = None
    added: frozenset[date] = frozenset()
    removed: frozenset[date] = frozenset()
    _years: dict[int, set[date]] = field(default_factory=dict)
    _first: date | None = None
    _last: date | None = None
    _open: list[tuple[datetime, datetime]] = field(default_factory=list)

    def is_holiday(self, day: date) -> bool:
        """§2.6: public holidays with observed days, and the added ones; `remove` wins over `add`."""
        if day.year not in self._years:
            found: set[date] = set()
            if self.country:
                library = holidays.country_holidays(
                    self.country, subdiv=self.subdivision, years=day.year, observed=True
                )
                found = set(library.keys())
            self._years[day.year] = found
        return day not in self.removed and (day in self.added or day in self._years[day.year])

    def is_business_day(self, day: date) -> bool:
        """§2.5: a local date with at least one open interval, though it may vanish in a gap (§2.3)."""
        return bool(self.hours.get(WEEKDAYS[day.weekday()])) and not self.is_holiday(day)

    def _day_intervals(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_business_day(day):
            return []
        return [
            (local_to_utc(clock(day, opens), self.zone), local_to_utc(clock(day, closes), self.zone))
            for opens, closes in self.hours[WEEKDAYS[day.weekday()]]
        ]

    def _cover(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        first, last = local_date(start, self.zone) - 2 * DAY, local_date(end, self.zone) + 2 * DAY
        if self._first is None or self._last is None or first < self._first or last > self._last:
            first = min(first, self._first or first) - 30 * DAY
            last = max(last, self._last or last) + 30 * DAY
            self._first, self._last = first, last
            days = [first + n * DAY for n in range((last - first).days + 1)]
            self._open = united(interval for day in days for interval in self._day_intervals(day))
        return self._open

    def business_time(self, start: datetime, end: datetime) -> timedelta:
        """§2.3 `business_seconds`: the length of [start, end) inside open intervals; 0 when end <= start."""
        total = timedelta()
        if end <= start:
            return total
        intervals = self._cover(start, end)
        position = max(bisect_right(intervals, (start, datetime.max)) - 1, 0)
        for opens, closes in intervals[position:]:
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total

    def due_after_hours(self, start: datetime, hours: Decimal) -> datetime:
        """§2.4: the latest instant t with business_seconds(start, t) <= hours × 3600."""
        left = timedelta(microseconds=int(hours * 3_600_000_000))
        horizon = start + 30 * DAY
        while True:
            remaining = left
            intervals = [pair for pair in self._cover(start, horizon) if pair[1] > start]
            for opens, closes in intervals:
                length = closes - max(opens, start)
                if remaining < length:
                    return max(opens, start) + remaining
                remaining -= length
            if horizon.date() > LAST_DATE:
                raise ValueError("no opening is left in this calendar")
            horizon += 60 * DAY

    def due_after_days(self, start: datetime, days: int) -> datetime:
        """§2.5: 24:00 of the N-th business day strictly after the local date of the start."""
        day = local_date(start, self.zone)
        left = days
        while left:
            day += DAY
            if day > LAST_DATE:
                raise ValueError("no business day is left in this calendar")
            left -= self.is_business_day(day)
        return midnight(day + DAY, self.zone)
