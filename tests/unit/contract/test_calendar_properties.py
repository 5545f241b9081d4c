"""The interval table against slow, direct computations, for any hours, zone and instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTE = timedelta(minutes=1)

# A zone and a month whose calendar holds one of its changes (or none).
PLACES = st.sampled_from(
    [
        ("Europe/Madrid", date(2026, 3, 1)),
        ("Europe/Madrid", date(2026, 10, 1)),
        ("Australia/Lord_Howe", date(2026, 4, 1)),
        ("Australia/Lord_Howe", date(2026, 10, 1)),
        ("America/Sao_Paulo", date(2018, 2, 1)),
        ("America/Sao_Paulo", date(2018, 11, 1)),
        ("Asia/Kathmandu", date(2026, 5, 1)),
    ]
)
QUICK = settings(max_examples=60)


@st.composite
def opening_hours(draw: st.DrawFn) -> dict[int, list[tuple[int, int]]]:
    """Weekday → intervals in minutes after midnight, at least one in the week."""
    hours: dict[int, list[tuple[int, int]]] = {}
    for weekday in draw(st.sets(st.integers(0, 6), min_size=1)):
        edges = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
        quarters = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
        hours[weekday] = [(start * 15, end * 15) for start, end in quarters]
    return hours


def as_yaml(hours: dict[int, list[tuple[int, int]]], closed: list[date]) -> str:
    days = [
        f"{WEEKDAYS[weekday]}: ["
        + ", ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in intervals)
        + "]"
        for weekday, intervals in hours.items()
    ]
    holidays = ", ".join(day.isoformat() for day in closed)
    return "{" + ", ".join([*days, f"holidays: {{add: [{holidays}]}}"]) + "}"


def instant(naive: datetime, zone: ZoneInfo) -> datetime:
    """A local time in UTC, by trying the offsets of the days around it."""
    around = [(naive + timedelta(days=days)).replace(tzinfo=zone).utcoffset() for days in (-2, 2)]
    offsets = [offset for offset in around if offset is not None]
    readings = [
        naive - offset
        for offset in offsets
        if (naive - offset).replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) == naive
    ]
    # The first of two readings; without any, the clock has jumped: on by what it jumped.
    return min(readings) if readings else naive - offsets[0]


def direct_intervals(
    hours: dict[int, list[tuple[int, int]]], closed: list[date], zone: ZoneInfo, first: date, days: int
) -> list[tuple[datetime, datetime]]:
    """Every day's intervals, each end by itself; not united, not sorted."""
    found = []
    for day in (first + timedelta(days=number) for number in range(days)):
        for opens, closes in [] if day in closed else hours.get(day.weekday(), []):
            midnight = datetime.combine(day, time())
            ends = [instant(midnight + minutes * MINUTE, zone) for minutes in (opens, closes)]
            found.append((ends[0], ends[1]))
    return found


def minutes_open(intervals: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> int:
    """How many minutes from start to end lie in some interval, one by one."""
    open_minutes = set()
    for opens, closes in intervals:
        current = max(opens, start)
        while current < min(closes, end):
            open_minutes.add(current)
            current += MINUTE
    return len(open_minutes)


@given(
    place=PLACES,
    hours=opening_hours(),
    closed_days=st.sets(st.integers(0, 27), max_size=3),
    start_minute=st.integers(0, 24 * 60 * 24),
    length=st.integers(-600, 6 * 24 * 60),
)
@QUICK
def test_elapsed_business_time_is_what_counting_minutes_gives(
    calendar_of: Callable[..., Any],
    place: tuple[str, date],
    hours: dict[int, list[tuple[int, int]]],
    closed_days: set[int],
    start_minute: int,
    length: int,
) -> None:
    zone_name, month = place
    closed = [month + timedelta(days=day) for day in sorted(closed_days)]
    calendar = calendar_of(
        as_yaml(hours, closed), zone_name, month.isoformat(), through=datetime.combine(month, time())
    )
    start = datetime.combine(month, time()) + start_minute * MINUTE
    end = start + length * MINUTE
    direct = direct_intervals(hours, closed, ZoneInfo(zone_name), month - timedelta(days=2), 36)
    assert calendar.between(start, end) == minutes_open(direct, start, end) * MINUTE


@given(
    place=PLACES,
    hours=opening_hours(),
    start_microsecond=st.integers(0, 28 * 24 * 3_600_000_000),
    quarters=st.integers(1, 40),
)
@QUICK
def test_exactly_the_promise_elapses_until_it_is_due_and_more_after(
    calendar_of: Callable[..., Any],
    place: tuple[str, date],
    hours: dict[int, list[tuple[int, int]]],
    start_microsecond: int,
    quarters: int,
) -> None:
    zone_name, month = place
    # 40 quarters of an hour at a quarter a week take 40 weeks.
    through = datetime.combine(month, time()) + timedelta(days=330)
    calendar = calendar_of(as_yaml(hours, []), zone_name, month.isoformat(), through=through)
    start = datetime.combine(month, time()) + timedelta(microseconds=start_microsecond)
    promise = timedelta(minutes=15 * quarters)
    due = calendar.due_after_hours(start, promise / timedelta(hours=1))
    assert calendar.between(start, due) == promise
    assert calendar.between(start, due + timedelta(microseconds=1)) > promise


@given(place=PLACES, hours=opening_hours())
@QUICK
def test_intervals_are_apart_and_add_up(
    calendar_of: Callable[..., Any], place: tuple[str, date], hours: dict[int, list[tuple[int, int]]]
) -> None:
    zone_name, month = place
    rows = calendar_of(
        as_yaml(hours, []), zone_name, month.isoformat(), through=datetime.combine(month, time())
    ).intervals
    before = 0
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        assert row["opens_at"] < row["closes_at"]
        assert row["business_microseconds_before"] == before
        assert following is None or row["closes_at"] < following["opens_at"]
        before += (row["closes_at"] - row["opens_at"]) // timedelta(microseconds=1)


@given(
    place=PLACES,
    hours=opening_hours(),
    closed_days=st.sets(st.integers(0, 40), max_size=5),
    start_minute=st.integers(0, 25 * 24 * 60),
    number=st.integers(1, 4),
)
@QUICK
def test_the_nth_business_day_is_what_counting_days_gives(
    calendar_of: Callable[..., Any],
    place: tuple[str, date],
    hours: dict[int, list[tuple[int, int]]],
    closed_days: set[int],
    start_minute: int,
    number: int,
) -> None:
    zone_name, month = place
    zone = ZoneInfo(zone_name)
    closed = [month + timedelta(days=day) for day in sorted(closed_days)]
    through = datetime.combine(month, time()) + timedelta(days=60)
    calendar = calendar_of(as_yaml(hours, closed), zone_name, month.isoformat(), through=through)
    start = datetime.combine(month, time()) + start_minute * MINUTE
    day = start.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
    counted = 0
    while counted < number:
        day += timedelta(days=1)
        counted += day.weekday() in hours and day not in closed
    end_of_day = instant(datetime.combine(day + timedelta(days=1), time()), zone)
    assert calendar.due_after_days(start, number) == end_of_day


@given(place=PLACES, hours=opening_hours())
@QUICK
def test_local_days_follow_each_other_without_a_gap(
    calendar_of: Callable[..., Any], place: tuple[str, date], hours: dict[int, list[tuple[int, int]]]
) -> None:
    zone_name, month = place
    days = calendar_of(
        as_yaml(hours, []), zone_name, month.isoformat(), through=datetime.combine(month, time())
    ).days
    for day, following in pairwise(days):
        assert day["ends_at"] == following["starts_at"]
        assert following["local_date"] - day["local_date"] == timedelta(days=1)
        assert (
            following["business_days_through"] - day["business_days_through"] == following["is_business_day"]
        )
