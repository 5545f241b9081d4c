"""The simulated company's calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from dagster_project.demo.clock import (
    DAY,
    HOUR,
    NEVER,
    TIMEZONE,
    UTC_OFFSET_SECONDS,
    closed_days,
    day_number,
    day_of,
    easter,
    liveliness,
    month_start,
    working_time,
)


def test_the_fixed_offset_is_that_of_the_time_zone_on_every_day_of_five_years() -> None:
    noons = (datetime(2025, 1, 1, 12) + timedelta(days=n) for n in range(5 * 365))
    offsets = {noon.replace(tzinfo=ZoneInfo(TIMEZONE)).utcoffset() for noon in noons}
    assert offsets == {timedelta(seconds=UTC_OFFSET_SECONDS)}


def test_easter_falls_where_the_almanac_has_it() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2027)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
    ]


def test_moving_holidays_fall_on_their_mondays() -> None:
    closed = closed_days(2026)
    # First Monday of February, third of March, third of November; Thursday and Friday before Easter.
    assert {
        date(2026, 2, 2),
        date(2026, 3, 16),
        date(2026, 11, 16),
        date(2026, 4, 2),
        date(2026, 4, 3),
    } <= closed


def test_a_day_number_leads_back_to_its_date() -> None:
    assert day_number(date(1970, 1, 2)) == 1
    assert day_of(day_number(date(2026, 2, 28)) + 1) == date(2026, 3, 1)
    assert month_start(date(2025, 11, 1), 3) == date(2026, 2, 1)


def test_holidays_weekends_and_holy_week_are_quiet_and_october_is_lively() -> None:
    ordinary_tuesday, october_tuesday, march_tuesday = (
        date(2026, 8, 11),
        date(2026, 10, 13),
        date(2026, 3, 10),
    )
    holy_tuesday, saturday, new_year = date(2026, 3, 31), date(2026, 8, 15), date(2026, 1, 1)
    assert liveliness(october_tuesday) > liveliness(ordinary_tuesday)
    assert liveliness(holy_tuesday) * 2 < liveliness(march_tuesday)
    assert liveliness(saturday) * 3 < liveliness(ordinary_tuesday)
    assert liveliness(new_year) * 3 < liveliness(ordinary_tuesday)


def test_work_begun_on_friday_afternoon_goes_on_after_the_weekend() -> None:
    # Friday 2026-02-13 closes at 15:00. Two hours from 14:30: half an hour that day, then the weekend,
    # then Monday 9:00 to 10:30.
    work = working_time(day_number(date(2026, 2, 1)), day_number(date(2026, 2, 28)))
    begun = np.array([day_number(date(2026, 2, 13)) * DAY + 14 * HOUR + HOUR // 2])
    due = work.after(begun, np.array([2 * HOUR]))
    assert due.tolist() == [day_number(date(2026, 2, 16)) * DAY + 10 * HOUR + HOUR // 2]
    assert (work.worked(due) - work.worked(begun)).tolist() == [2 * HOUR]


def test_work_used_up_at_the_lunch_break_ends_when_work_goes_on() -> None:
    work = working_time(day_number(date(2026, 2, 9)), day_number(date(2026, 2, 13)))
    monday = day_number(date(2026, 2, 9)) * DAY
    assert work.after(np.array([monday + 13 * HOUR]), np.array([HOUR])).tolist() == [monday + 15 * HOUR]


def test_work_that_never_begins_or_ends_is_never_done() -> None:
    work = working_time(day_number(date(2026, 2, 9)), day_number(date(2026, 2, 9)))
    monday = day_number(date(2026, 2, 9)) * DAY
    assert work.after(np.array([NEVER, monday]), np.array([0, 100 * HOUR])).tolist() == [NEVER, NEVER]
