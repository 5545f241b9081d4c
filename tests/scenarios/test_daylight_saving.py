"""Business time on the days on which clocks change, and times that don't exist or exist twice.

Expected times are in UTC, where nothing is ambiguous.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.history import History, a_contract, open_hours
from tests.scenarios.results import Results, run

# Europe/Madrid 2026: on Sunday 29 March 2:00 (UTC+1) becomes 3:00 (UTC+2),
# on Sunday 25 October 3:00 (UTC+2) becomes 2:00 (UTC+1).

WEEKEND = {"saturday": ["00:00-24:00"], "sunday": ["00:00-24:00"]}
MADRID = History(
    a_contract(
        timezone="Europe/Madrid",
        business_hours=open_hours(["09:00-17:00"]) | WEEKEND,
        handoff={"triggers": [], "within_business_hours": 10},
    ),
    through="2026-11-30",
)
MADRID.mql("spring", "2026-03-28 20:00")
MADRID.mql("autumn", "2026-10-24 20:00")
MADRID.person("in-the-gap").touch("2026-03-29 02:30")
MADRID.person("after-the-gap").touch("2026-03-29 03:00")
MADRID.person("in-the-overlap").touch("2026-10-25 02:30")
MADRID.person("after-the-overlap").touch("2026-10-25 03:00")
MADRID.mql("thirty-days", "2026-03-20 10:00", handed_off="2026-03-20 10:00")
MADRID.mql("three-business-days", "2026-03-28 12:00", handed_off="2026-03-28 12:00")


@pytest.fixture(scope="module")
def madrid() -> Iterator[Results]:
    with run(MADRID, zone="UTC") as results:
        yield results


def test_the_day_that_loses_an_hour_is_an_hour_shorter(madrid: Results) -> None:
    # Saturday 20:00 is 19:00 UTC; open all the time until Sunday night: + 10 h = Sunday 5:00 UTC,
    # on the wall 7:00: 4 h on Saturday, 2 h before the gap, 4 h from 3:00
    assert madrid.obligation("handoff", "spring").due_at == "2026-03-29 05:00"


def test_the_day_that_gains_an_hour_is_an_hour_longer(madrid: Results) -> None:
    # Saturday 20:00 is 18:00 UTC; + 10 h = Sunday 4:00 UTC, on the wall 5:00
    assert madrid.obligation("handoff", "autumn").due_at == "2026-10-25 04:00"


def test_a_time_in_the_gap_moves_forward_by_the_gap_s_length(madrid: Results) -> None:
    # 2:30 → 3:30 at UTC+2
    assert madrid.mql("in-the-gap").qualified_at == "2026-03-29 01:30"
    assert madrid.mql("after-the-gap").qualified_at == "2026-03-29 01:00"


def test_a_time_that_comes_twice_is_the_first_of_the_two(madrid: Results) -> None:
    # 2:30 at UTC+2, not at UTC+1
    assert madrid.mql("in-the-overlap").qualified_at == "2026-10-25 00:30"
    assert madrid.mql("after-the-overlap").qualified_at == "2026-10-25 02:00"


def test_plain_days_are_24_hours_each_whatever_the_clocks_do(madrid: Results) -> None:
    # 20 March 10:00 is 9:00 UTC; + 30 × 24 h = 19 April 9:00 UTC, on the wall 11:00
    assert madrid.obligation("sql", "thirty-days").due_at == "2026-04-19 09:00"


def test_a_business_day_ends_at_local_midnight(madrid: Results) -> None:
    # Saturday 28 March; Sunday 29, Monday 30, Tuesday 31: 24:00 at UTC+2 is 22:00 UTC
    assert madrid.obligation("cadence", "three-business-days").due_at == "2026-03-31 22:00"


# The same Sundays with intervals whose ends lie in the gap or the overlap

ODD_SUNDAYS = History(
    a_contract(
        timezone="Europe/Madrid",
        business_hours={
            "sunday": ["01:30-02:30", "02:45-03:15", "03:20-04:00", "05:00-07:00"],
            "holidays": {"country": None},
        },
    ),
    through="2026-11-30",
)
ODD_SUNDAYS.mql("spring", "2026-03-28 12:00")
ODD_SUNDAYS.mql("autumn", "2026-10-24 12:00")
ODD_SUNDAYS.mql("ordinary", "2026-06-06 12:00")


@pytest.fixture(scope="module")
def odd_sundays() -> Iterator[Results]:
    with run(ODD_SUNDAYS, zone="UTC") as results:
        yield results


def test_on_an_ordinary_sunday_the_intervals_add_up(odd_sundays: Results) -> None:
    # 1 h + 30 min until 3:15, + 30 min from 3:20: 3:50 at UTC+2 (Sunday 7 June)
    assert odd_sundays.obligation("handoff", "ordinary").due_at == "2026-06-07 01:50"


def test_intervals_that_overlap_after_conversion_count_once_and_a_vanished_one_not_at_all(
    odd_sundays: Results,
) -> None:
    # 1:30 is 0:30 UTC, 2:30 becomes 3:30 = 1:30 UTC: 1 h
    # 2:45 becomes 3:45, which is after 3:15: nothing
    # 3:20 to 4:00 is 1:20 to 2:00 UTC, and overlaps with the first: together 0:30 to 2:00, 1 h 30 min
    # 5:00 is 3:00 UTC, + 30 min
    assert odd_sundays.obligation("handoff", "spring").due_at == "2026-03-29 03:30"


def test_each_end_of_an_interval_in_the_overlap_is_the_first_of_the_two(odd_sundays: Results) -> None:
    # 1:30 to 2:30, both at UTC+2: 23:30 to 0:30 UTC, 1 h
    # 2:45 at UTC+2 to 3:15 at UTC+1: 0:45 to 2:15 UTC, 1 h 30 min, of which the second hour ends at 1:45
    assert odd_sundays.obligation("handoff", "autumn").due_at == "2026-10-25 01:45"


# Australia/Lord_Howe 2026 moves its clocks by half an hour: on Sunday 5 April 2:00 (UTC+11) becomes
# 1:30 (UTC+10:30), on Sunday 4 October 2:00 (UTC+10:30) becomes 2:30 (UTC+11).

LORD_HOWE = History(
    a_contract(
        timezone="Australia/Lord_Howe",
        business_hours=open_hours(["09:00-17:00"]) | WEEKEND,
        handoff={"triggers": [], "within_business_hours": 10},
    ),
    a_contract(
        version=2,
        effective_from="2026-10-01",
        timezone="Australia/Lord_Howe",
        business_hours={
            "sunday": ["02:00-02:30"],
            "monday": ["09:00-17:00"],
            "tuesday": ["09:00-17:00"],
            "holidays": {"country": None},
        },
        handoff={"triggers": [], "within_business_hours": 1},
    ),
    through="2026-11-30",
)
LORD_HOWE.mql("autumn", "2026-04-04 20:00")
LORD_HOWE.mql("spring", "2026-10-03 12:00", handed_off="2026-10-03 12:00")
LORD_HOWE.mql("spring-waiting", "2026-10-03 12:00")
LORD_HOWE.person("in-the-gap").touch("2026-10-04 02:10")
LORD_HOWE.person("in-the-overlap").touch("2026-04-05 01:45")


@pytest.fixture(scope="module")
def lord_howe() -> Iterator[Results]:
    with run(LORD_HOWE, zone="UTC") as results:
        yield results


def test_a_day_can_gain_half_an_hour(lord_howe: Results) -> None:
    # Saturday 20:00 is 9:00 UTC; + 10 h = 19:00 UTC, on the wall 5:30
    assert lord_howe.obligation("handoff", "autumn").due_at == "2026-04-04 19:00"


def test_a_gap_of_half_an_hour_moves_times_by_half_an_hour(lord_howe: Results) -> None:
    # 2:10 → 2:40 at UTC+11
    assert lord_howe.mql("in-the-gap").qualified_at == "2026-10-03 15:40"
    # 1:45 at UTC+11
    assert lord_howe.mql("in-the-overlap").qualified_at == "2026-04-04 14:45"


def test_an_interval_that_vanishes_in_the_gap_still_makes_its_date_a_business_day(lord_howe: Results) -> None:
    # Sunday's 2:00 to 2:30 is from 2:30 to 2:30: no time. Yet Sunday 4 is the first business day,
    # Monday 5 the second, Tuesday 6 the third: 24:00 at UTC+11 is 13:00 UTC
    assert lord_howe.obligation("cadence", "spring").due_at == "2026-10-06 13:00"
    # 1 h of business time is Monday's from 9:00 at UTC+11, which is Sunday 22:00 UTC
    assert lord_howe.obligation("handoff", "spring-waiting").due_at == "2026-10-04 23:00"
