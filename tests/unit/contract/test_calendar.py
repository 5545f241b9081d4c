"""Business hours become intervals of UTC in which deadlines can be looked up.

The expectations are worked out by hand from the clock in the zone; Madrid is UTC+1 in winter and
UTC+2 from 2026-03-29 01:00 UTC to 2026-10-25 01:00 UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

CalendarOf = Callable[..., Any]

SUNDAY_IN_MARCH = date(2026, 3, 29)  # 02:00 becomes 03:00 in Madrid
SUNDAY_IN_OCTOBER = date(2026, 10, 25)  # 03:00 becomes 02:00 in Madrid


def intervals_of(calendar: Any, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    return [
        (row["opens_at"], row["closes_at"])
        for row in calendar.intervals
        if row["closes_at"] > first and row["opens_at"] < last
    ]


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_saturday_arrival_is_due_on_monday_morning(calendar_of: CalendarOf) -> None:
    # Monday to Friday 9–17, 2 h: Saturday 2026-01-10 12:00 waits for Monday 9:00; due 11:00, 10:00 UTC.
    assert calendar_of().due_after_hours(datetime(2026, 1, 10, 11), 2) == datetime(2026, 1, 12, 10)


def test_a_promise_runs_on_over_the_night(calendar_of: CalendarOf) -> None:
    # Tuesday 2026-01-13 16:30 + 2 h: half an hour is left today, an hour and a half tomorrow: 10:30 local.
    assert calendar_of().due_after_hours(datetime(2026, 1, 13, 15, 30), 2) == datetime(2026, 1, 14, 9, 30)


def test_a_promise_used_up_at_closing_time_is_kept_until_the_next_opening(calendar_of: CalendarOf) -> None:
    # Friday 2026-01-16 15:00 + 2 h is used up at 17:00; nothing elapses until Monday 9:00 (8:00 UTC).
    calendar = calendar_of()
    start, due = datetime(2026, 1, 16, 14), datetime(2026, 1, 19, 8)
    assert calendar.due_after_hours(start, 2) == due
    assert calendar.between(start, due) == hours(2)
    assert calendar.between(start, due + timedelta(microseconds=1)) == hours(2) + timedelta(microseconds=1)


def test_a_break_at_noon_does_not_count(calendar_of: CalendarOf) -> None:
    # 9–14 and 15–18: Monday 2026-01-12 13:00 + 2 h = 1 h before the break and 1 h after it: 16:00 local.
    calendar = calendar_of('{monday: ["09:00-14:00", "15:00-18:00"]}')
    assert calendar.due_after_hours(datetime(2026, 1, 12, 12), 2) == datetime(2026, 1, 12, 15)


def test_hours_until_midnight_and_from_midnight_are_one_interval(calendar_of: CalendarOf) -> None:
    # Monday 20:00–24:00 and Tuesday 00:00–02:00: 19:00 UTC on Monday to 01:00 UTC on Tuesday.
    calendar = calendar_of('{monday: ["20:00-24:00"], tuesday: ["00:00-02:00"]}')
    found = intervals_of(calendar, datetime(2026, 1, 12), datetime(2026, 1, 14))
    assert found == [(datetime(2026, 1, 12, 19), datetime(2026, 1, 13, 1))]


def test_hours_that_touch_within_a_day_are_one_interval(calendar_of: CalendarOf) -> None:
    # Used up at 12:00, the promise falls due at 12:00: there is no break to wait for.
    calendar = calendar_of('{monday: ["12:00-16:00", "08:00-12:00"]}')
    assert intervals_of(calendar, datetime(2026, 1, 12), datetime(2026, 1, 13)) == [
        (datetime(2026, 1, 12, 7), datetime(2026, 1, 12, 15))
    ]
    assert calendar.due_after_hours(datetime(2026, 1, 12, 7), 4) == datetime(2026, 1, 12, 11)


def test_business_time_is_none_when_the_end_is_before_the_start(calendar_of: CalendarOf) -> None:
    calendar = calendar_of()
    assert calendar.between(datetime(2026, 1, 14, 12), datetime(2026, 1, 13, 12)) == timedelta()


def test_the_business_time_before_an_interval_is_that_of_all_earlier_ones(calendar_of: CalendarOf) -> None:
    # From the table's start, 2025-12-01, a Monday: five days of 8 h a week.
    rows = calendar_of().intervals
    microseconds_per_hour = 3_600_000_000
    assert [row["business_microseconds_before"] // microseconds_per_hour for row in rows[:6]] == [
        0,
        8,
        16,
        24,
        32,
        40,
    ]


# ---------------------------------------------------------------- daylight saving


def test_the_day_on_which_summer_time_begins_is_an_hour_shorter(calendar_of: CalendarOf) -> None:
    calendar = calendar_of('{sunday: ["00:00-24:00"]}')
    # From 00:00 (+1) = 23:00 UTC to 24:00 (+2) = 22:00 UTC.
    start, end = datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 22)
    day = calendar.day(SUNDAY_IN_MARCH)
    assert (day["starts_at"], day["ends_at"]) == (start, end)
    assert calendar.between(start, end) == hours(23)


def test_the_day_on_which_summer_time_ends_is_an_hour_longer(calendar_of: CalendarOf) -> None:
    calendar = calendar_of('{sunday: ["00:00-24:00"]}')
    # From 00:00 (+2) = 22:00 UTC to 24:00 (+1) = 23:00 UTC.
    assert calendar.between(datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 23)) == hours(25)


def test_lord_howes_days_differ_by_half_an_hour(calendar_of: CalendarOf) -> None:
    calendar = calendar_of('{sunday: ["00:00-24:00"]}', timezone="Australia/Lord_Howe")
    # 2026-04-05 from 00:00 (+11) to 24:00 (+10:30): 24 h 30 min; 2026-10-04 the other way round: 23 h 30 min.
    autumn, spring = calendar.day(date(2026, 4, 5)), calendar.day(date(2026, 10, 4))
    assert autumn["starts_at"] == datetime(2026, 4, 4, 13)
    assert calendar.between(autumn["starts_at"], autumn["ends_at"]) == hours(24.5)
    assert calendar.between(spring["starts_at"], spring["ends_at"]) == hours(23.5)


def test_an_end_of_hours_within_the_gap_moves_forward(calendar_of: CalendarOf) -> None:
    # 01:30–02:30: 01:30 is 00:30 UTC, 02:30 is read as 03:30 (+2), 01:30 UTC: an hour, as on any day.
    calendar = calendar_of('{sunday: ["01:30-02:30"]}')
    found = intervals_of(calendar, datetime(2026, 3, 29), datetime(2026, 3, 30))
    assert found == [(datetime(2026, 3, 29, 0, 30), datetime(2026, 3, 29, 1, 30))]


@pytest.mark.parametrize("vanished", ["02:00-03:00", "02:30-03:00", "02:30-03:15"])
def test_hours_that_vanish_in_the_gap_still_make_a_business_day(
    calendar_of: CalendarOf, vanished: str
) -> None:
    # 02:00 moves to 03:00 (01:00 UTC) and 02:30 to 03:30 (01:30 UTC); 03:00 is 01:00 UTC, 03:15 is 01:15 UTC.
    calendar = calendar_of(f'{{sunday: ["{vanished}"]}}')
    assert intervals_of(calendar, datetime(2026, 3, 29), datetime(2026, 3, 30)) == []
    assert calendar.day(SUNDAY_IN_MARCH)["is_business_day"]


def test_hours_that_overlap_after_conversion_are_united(calendar_of: CalendarOf) -> None:
    # 02:00–02:45 is read as 03:00–03:45 (01:00–01:45 UTC) and overlaps 03:15–04:00 (01:15–02:00 UTC).
    calendar = calendar_of('{sunday: ["02:00-02:45", "03:15-04:00"]}')
    found = intervals_of(calendar, datetime(2026, 3, 29), datetime(2026, 3, 30))
    assert found == [(datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 2))]


def test_hours_within_the_doubled_hour_are_its_first_run(calendar_of: CalendarOf) -> None:
    # The first 02:15 is 00:15 UTC, the first 02:45 is 00:45 UTC.
    calendar = calendar_of('{sunday: ["02:15-02:45"]}')
    found = intervals_of(calendar, datetime(2026, 10, 25), datetime(2026, 10, 26))
    assert found == [(datetime(2026, 10, 25, 0, 15), datetime(2026, 10, 25, 0, 45))]


def test_hours_from_the_doubled_hour_on_hold_both_its_runs(calendar_of: CalendarOf) -> None:
    # The first 02:15 is 00:15 UTC, and 03:15 is 02:15 UTC: two hours by any clock that doesn't jump.
    calendar = calendar_of('{sunday: ["02:15-03:15"]}')
    found = intervals_of(calendar, datetime(2026, 10, 25), datetime(2026, 10, 26))
    assert found == [(datetime(2026, 10, 25, 0, 15), datetime(2026, 10, 25, 2, 15))]


def test_a_day_whose_midnight_does_not_exist_begins_where_the_clock_lands(calendar_of: CalendarOf) -> None:
    # São Paulo, 2018-11-04: 00:00 (−3) becomes 01:00 (−2), 03:00 UTC.
    # The day before ends there, and this one has 23 h.
    calendar = calendar_of(timezone="America/Sao_Paulo", start="2018-10-01")
    day, before = calendar.day(date(2018, 11, 4)), calendar.day(date(2018, 11, 3))
    assert before["ends_at"] == day["starts_at"] == datetime(2018, 11, 4, 3)
    assert day["ends_at"] - day["starts_at"] == hours(23)


# ---------------------------------------------------------------- business days


def test_the_third_business_day_after_a_thursday_ends_on_tuesday(calendar_of: CalendarOf) -> None:
    # Thursday 2026-01-15; Friday 1, Monday 2, Tuesday 2026-01-20 3: its 24:00 is 23:00 UTC.
    assert calendar_of().due_after_days(datetime(2026, 1, 15, 10), 3) == datetime(2026, 1, 20, 23)


def test_a_start_on_a_closed_day_counts_from_the_next_business_day(calendar_of: CalendarOf) -> None:
    # Saturday 2026-01-17: Monday is the first business day after it.
    assert calendar_of().due_after_days(datetime(2026, 1, 17, 10), 1) == datetime(2026, 1, 19, 23)


def test_the_day_of_the_start_is_its_local_date(calendar_of: CalendarOf) -> None:
    # 23:30 UTC on Thursday is 00:30 on Friday in Madrid: the first business day after it is Monday.
    assert calendar_of().due_after_days(datetime(2026, 1, 15, 23, 30), 1) == datetime(2026, 1, 19, 23)


def test_business_days_are_counted_from_the_start_of_the_table(calendar_of: CalendarOf) -> None:
    # The table starts on Monday 2025-12-01; December has 23 weekdays and January two before the
    # 5th (the 1st and 2nd), so that the 5th is the 26th business day.
    calendar = calendar_of()
    assert calendar.days[0]["local_date"] == date(2025, 12, 1)
    assert calendar.day(date(2025, 12, 31))["business_days_through"] == 23
    assert calendar.day(date(2026, 1, 4))["business_days_through"] == 25
    assert calendar.day(date(2026, 1, 5))["business_days_through"] == 26


# ---------------------------------------------------------------- holidays

WITH_HOLIDAYS = (
    '{{monday: ["09:00-17:00"], tuesday: ["09:00-17:00"], wednesday: ["09:00-17:00"], '
    'thursday: ["09:00-17:00"], friday: ["09:00-17:00"], holidays: {holidays}}}'
)


def test_a_holiday_has_no_hours_and_is_no_business_day(calendar_of: CalendarOf) -> None:
    # 1 January 2026, a Thursday, is a public holiday in Spain; the 2nd is not.
    calendar = calendar_of(WITH_HOLIDAYS.format(holidays="{country: ES}"))
    assert not calendar.day(date(2026, 1, 1))["is_business_day"]
    assert calendar.day(date(2026, 1, 2))["is_business_day"]
    # Wednesday 16:00 + 2 h: one on Wednesday, none on Thursday, one on Friday: 10:00, 9:00 UTC.
    assert calendar.due_after_hours(datetime(2025, 12, 31, 15), 2) == datetime(2026, 1, 2, 9)


def test_an_observed_day_is_a_holiday_too(calendar_of: CalendarOf) -> None:
    # 4 July 2026 is a Saturday: in the United States Friday the 3rd is observed.
    calendar = calendar_of(WITH_HOLIDAYS.format(holidays="{country: US}"), timezone="America/New_York")
    assert not calendar.day(date(2026, 7, 3))["is_business_day"]


def test_a_subdivisions_holidays_count_where_it_is_named(calendar_of: CalendarOf) -> None:
    # 6 January 2026, a Tuesday, is a holiday in Bavaria and not in Hamburg.
    for subdivision, is_business_day in (("BY", False), ("HH", True)):
        holidays = f"{{country: DE, subdivision: {subdivision}}}"
        calendar = calendar_of(WITH_HOLIDAYS.format(holidays=holidays), timezone="Europe/Berlin")
        assert calendar.day(date(2026, 1, 6))["is_business_day"] is is_business_day


def test_an_added_day_is_a_holiday_and_a_removed_one_is_not(calendar_of: CalendarOf) -> None:
    holidays = "{country: ES, add: [2026-01-05], remove: [2026-01-06]}"
    calendar = calendar_of(WITH_HOLIDAYS.format(holidays=holidays))
    assert not calendar.day(date(2026, 1, 5))["is_business_day"]
    assert calendar.day(date(2026, 1, 6))["is_business_day"]


def test_removing_a_day_wins_over_adding_it(calendar_of: CalendarOf) -> None:
    holidays = "{country: null, add: [2026-01-05, 2026-01-07], remove: [2026-01-05]}"
    calendar = calendar_of(WITH_HOLIDAYS.format(holidays=holidays))
    assert calendar.day(date(2026, 1, 5))["is_business_day"]
    assert not calendar.day(date(2026, 1, 7))["is_business_day"]
