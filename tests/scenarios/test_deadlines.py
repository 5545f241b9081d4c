"""Deadlines in business hours, business days and plain days (domain, time).

One month has one calendar: January works Monday to Friday 9 to 17, February has a lunch break,
March and April work in the evening until 24:00 and, after Mondays, on into the night.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.history import History, a_contract, open_hours
from tests.scenarios.results import Results, run

PUBLIC: dict[str, Any] = {"country": "MX", "add": ["2026-01-14", "2026-01-20"], "remove": ["2026-01-20"]}
EVENINGS = {
    "monday": ["20:00-24:00"],
    "tuesday": ["00:00-04:00"],
    "thursday": ["20:00-24:00"],
    "holidays": {"country": None},
}

HISTORY = History(
    a_contract(business_hours=open_hours(["09:00-17:00"], **PUBLIC)),
    a_contract(
        version=2,
        effective_from="2026-02-01",
        business_hours=open_hours(["09:00-14:00", "15:00-18:00"], country="MX", remove=["2026-02-02"]),
    ),
    a_contract(version=3, effective_from="2026-03-01", business_hours=EVENINGS),
    through="2026-04-27",  # a Monday, so that W is the Tuesday's opening at 00:00
)


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


# business hours: nine to five

HISTORY.mql("weekday", "2026-01-08 10:00")
HISTORY.mql("saturday", "2026-01-10 12:00")
HISTORY.mql("over-the-weekend", "2026-01-09 16:30")
HISTORY.mql("at-opening", "2026-01-08 09:00")
HISTORY.mql("before-opening", "2026-01-08 06:00")
HISTORY.mql("at-closing", "2026-01-09 17:00")
HISTORY.mql("to-the-microsecond", "2026-01-08 10:00:00.000001")


def test_a_promise_within_a_day_ends_on_that_day(results: Results) -> None:
    # Thursday 10:00 + 2 h
    assert results.obligation("handoff", "weekday").due_at == "2026-01-08 12:00"


def test_a_saturday_arrival_with_two_hours_is_due_on_monday_at_eleven(results: Results) -> None:
    # closed until Monday 9:00, + 2 h
    obligation = results.obligation("handoff", "saturday")
    assert (obligation.started_at, obligation.due_at) == ("2026-01-10 12:00", "2026-01-12 11:00")


def test_what_is_left_on_friday_is_owed_on_monday(results: Results) -> None:
    # Friday 16:30 to 17:00 is 30 min; Monday 9:00 + 1 h 30 min
    assert results.obligation("handoff", "over-the-weekend").due_at == "2026-01-12 10:30"


def test_a_clock_started_outside_hours_waits_for_the_next_opening(results: Results) -> None:
    assert results.obligation("handoff", "at-opening").due_at == "2026-01-08 11:00"
    assert results.obligation("handoff", "before-opening").due_at == "2026-01-08 11:00"
    # closing time is already outside: Monday 9:00 + 2 h
    assert results.obligation("handoff", "at-closing").due_at == "2026-01-12 11:00"


def test_a_deadline_is_exact_to_the_microsecond(results: Results) -> None:
    assert results.obligation("handoff", "to-the-microsecond").due_at == "2026-01-08 12:00:00.000001"


# at the deadline

HISTORY.mql("at-the-deadline", "2026-01-10 12:00", handed_off="2026-01-12 11:00")
HISTORY.mql("a-microsecond-late", "2026-01-10 12:00", handed_off="2026-01-12 11:00:00.000001")
HISTORY.mql("on-the-weekend", "2026-01-10 12:00", handed_off="2026-01-11 03:00")
HISTORY.mql("late-answer", "2026-01-08 10:00", handed_off="2026-01-20 10:00")


def test_an_answer_at_the_deadline_is_on_time(results: Results) -> None:
    obligation = results.obligation("handoff", "at-the-deadline")
    assert (obligation.due_at, obligation.done_at, obligation.outcome) == (
        "2026-01-12 11:00",
        "2026-01-12 11:00",
        "met",
    )


def test_an_answer_one_microsecond_after_the_deadline_is_late(results: Results) -> None:
    obligation = results.obligation("handoff", "a-microsecond-late")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-12 11:00:00.000001", "breached")


def test_an_answer_outside_hours_is_on_time(results: Results) -> None:
    assert results.obligation("handoff", "on-the-weekend").outcome == "met"


def test_a_late_answer_stays_breached_and_keeps_its_time(results: Results) -> None:
    obligation = results.obligation("handoff", "late-answer")
    assert (obligation.due_at, obligation.done_at, obligation.outcome) == (
        "2026-01-08 12:00",
        "2026-01-20 10:00",
        "breached",
    )


# used up exactly at closing

HISTORY.mql("used-up-at-closing", "2026-01-09 15:00")
HISTORY.mql("used-up-kept", "2026-01-09 15:00", handed_off="2026-01-12 09:00")
HISTORY.mql("used-up-late", "2026-01-09 15:00", handed_off="2026-01-12 09:00:00.000001")


def test_a_promise_used_up_exactly_at_closing_is_kept_until_the_next_opening(results: Results) -> None:
    # Friday 15:00 to 17:00 is all of the 2 h, and nothing passes before Monday 9:00
    assert results.obligation("handoff", "used-up-at-closing").due_at == "2026-01-12 09:00"
    assert results.obligation("handoff", "used-up-kept").outcome == "met"
    assert results.obligation("handoff", "used-up-late").outcome == "breached"


# holidays

HISTORY.mql("before-a-holiday", "2026-01-13 15:30")
HISTORY.mql("before-a-holiday-used-up", "2026-01-13 15:00")
HISTORY.mql("removed-holiday", "2026-01-19 16:00")
HISTORY.mql("new-year", "2026-01-01 10:00")


def test_an_added_holiday_is_closed(results: Results) -> None:
    # Tuesday 15:30 to 17:00 is 1 h 30 min, Wednesday is closed: Thursday 9:00 + 30 min
    assert results.obligation("handoff", "before-a-holiday").due_at == "2026-01-15 09:30"
    assert results.obligation("handoff", "before-a-holiday-used-up").due_at == "2026-01-15 09:00"


def test_a_holiday_both_added_and_removed_is_open(results: Results) -> None:
    # Monday 16:00 to 17:00 is 1 h; Tuesday 20 January is open: 9:00 + 1 h
    assert results.obligation("handoff", "removed-holiday").due_at == "2026-01-20 10:00"


def test_the_country_s_holidays_are_closed(results: Results) -> None:
    # 1 January is one; Friday 2 January 9:00 + 2 h
    assert results.obligation("handoff", "new-year").due_at == "2026-01-02 11:00"


# split days: February, 9 to 14 and 15 to 18

HISTORY.mql("over-lunch", "2026-02-03 13:00")
HISTORY.mql("used-up-at-lunch", "2026-02-03 12:00")
HISTORY.mql("at-lunch", "2026-02-03 14:30")
HISTORY.mql("into-the-next-day", "2026-02-03 17:00")


def test_a_lunch_break_stops_the_clock(results: Results) -> None:
    # 13:00 to 14:00 is 1 h; 15:00 + 1 h
    assert results.obligation("handoff", "over-lunch").due_at == "2026-02-03 16:00"
    # 12:00 to 14:00 is all of it: kept until 15:00
    assert results.obligation("handoff", "used-up-at-lunch").due_at == "2026-02-03 15:00"
    # 15:00 + 2 h
    assert results.obligation("handoff", "at-lunch").due_at == "2026-02-03 17:00"
    # 17:00 to 18:00 is 1 h; the next day 9:00 + 1 h
    assert results.obligation("handoff", "into-the-next-day").due_at == "2026-02-04 10:00"


# 24:00: March, Monday 20 to 24 and Tuesday 0 to 4, Thursday 20 to 24

HISTORY.mql("through-midnight", "2026-03-02 23:00")
HISTORY.mql("until-midnight", "2026-03-02 22:00")
HISTORY.mql("closing-at-midnight", "2026-03-05 22:00")
HISTORY.mql("beyond-midnight", "2026-03-05 23:00")


def test_hours_to_midnight_go_on_where_the_next_day_opens_at_midnight(results: Results) -> None:
    # Monday 23:00 to 24:00 is 1 h, Tuesday 0:00 + 1 h
    assert results.obligation("handoff", "through-midnight").due_at == "2026-03-03 01:00"
    # Monday 22:00 + 2 h is midnight, and Tuesday's first microsecond would be too much
    assert results.obligation("handoff", "until-midnight").due_at == "2026-03-03 00:00"


def test_hours_to_midnight_end_where_the_next_day_is_closed(results: Results) -> None:
    # Thursday 22:00 + 2 h is closing time: kept until Monday 20:00
    assert results.obligation("handoff", "closing-at-midnight").due_at == "2026-03-09 20:00"
    # Thursday 23:00 to 24:00 is 1 h; Monday 20:00 + 1 h
    assert results.obligation("handoff", "beyond-midnight").due_at == "2026-03-09 21:00"


# which calendar

HISTORY.mql("begun-in-january", "2026-01-30 16:00", handed_off="2026-01-30 16:00")
HISTORY.mql("begun-in-february", "2026-02-02 16:00", handed_off="2026-02-02 16:00")


def test_a_promise_keeps_the_calendar_under_which_it_began(results: Results) -> None:
    # disposition within 16 h from Friday 30 January 16:00. January's calendar: 1 h on Friday, Monday
    # 2 February is a holiday (removed only in February's), 8 h on Tuesday, 7 h on Wednesday from 9:00
    assert results.obligation("disposition", "begun-in-january").due_at == "2026-02-04 16:00"
    # February's: Monday 16:00 to 18:00 is 2 h, Tuesday 5 + 3 h, Wednesday 5 h to 14:00 and 1 h from 15:00
    assert results.obligation("disposition", "begun-in-february").due_at == "2026-02-04 16:00"
    assert results.obligation("disposition", "begun-in-january").contract_version == 1
    assert results.obligation("disposition", "begun-in-february").contract_version == 2


# business days: the cadence asks for two calls within 2 days and a mail within 3

ON_THURSDAY = "2026-01-08 10:00"
HISTORY.mql("three-days", ON_THURSDAY, handed_off=ON_THURSDAY)
HISTORY.mql("three-days-over-a-holiday", "2026-01-10 12:00", handed_off="2026-01-10 12:00")
(
    HISTORY.mql("second-call-before-midnight", ON_THURSDAY, handed_off=ON_THURSDAY)
    .calls("2026-01-09 10:00", "2026-01-12 23:59:59.999999")
    .activity("2026-01-13 23:59:59.999999", "email")
)
(
    HISTORY.mql("second-call-at-midnight", ON_THURSDAY, handed_off=ON_THURSDAY)
    .calls("2026-01-09 10:00", "2026-01-13 00:00")
    .activity("2026-01-13 10:00", "email")
)
(
    HISTORY.mql("mail-at-midnight", ON_THURSDAY, handed_off=ON_THURSDAY)
    .calls("2026-01-09 10:00", "2026-01-09 11:00")
    .activity("2026-01-14 00:00", "email")
)


def test_business_days_are_counted_strictly_after_the_start_s_date(results: Results) -> None:
    # Thursday 8 January; Friday 9, Monday 12, Tuesday 13: the end of Tuesday
    assert results.obligation("cadence", "three-days").due_at == "2026-01-14 00:00"
    # Saturday 10 January; Monday 12, Tuesday 13, Thursday 15 (Wednesday is a holiday): the end of Thursday
    assert results.obligation("cadence", "three-days-over-a-holiday").due_at == "2026-01-16 00:00"


def test_the_last_microsecond_of_the_last_business_day_is_on_time(results: Results) -> None:
    obligation = results.obligation("cadence", "second-call-before-midnight")
    # calls within 2 days: by the end of Monday 12; the mail within 3: by the end of Tuesday 13
    assert (obligation.outcome, obligation.done_at) == ("met", "2026-01-13 23:59:59.999999")


def test_midnight_after_the_last_business_day_is_late(results: Results) -> None:
    assert results.obligation("cadence", "second-call-at-midnight").outcome == "breached"
    assert results.obligation("cadence", "mail-at-midnight").outcome == "breached"


# a deadline exactly at the instant that everything is complete through: Tuesday 28 April 0:00

HISTORY.mql("due-at-w", "2026-04-27 22:00")
HISTORY.mql("due-just-before-w", "2026-04-27 21:59:59.999999")
HISTORY.mql("day-ends-at-w", "2026-04-20 21:00", handed_off="2026-04-20 21:00")
HISTORY.mql("days-due-at-w", "2026-03-29 00:00", handed_off="2026-03-29 00:00")
HISTORY.mql("days-due-before-w", "2026-03-28 23:59:59.999999", handed_off="2026-03-28 23:59:59.999999")


def test_a_deadline_in_business_hours_has_passed_only_after_it(results: Results) -> None:
    # Monday 22:00 + 2 h = W: at W it could still be done
    assert results.obligation("handoff", "due-at-w").due_at == "2026-04-28 00:00"
    assert results.obligation("handoff", "due-at-w").outcome == "pending"
    assert results.obligation("handoff", "due-just-before-w").due_at == "2026-04-27 23:59:59.999999"
    assert results.obligation("handoff", "due-just-before-w").outcome == "breached"


def test_a_deadline_in_business_days_has_passed_when_the_day_has(results: Results) -> None:
    # April's business days are Monday, Tuesday, Thursday. Monday 20; Tuesday 21, Thursday 23, Monday 27
    obligation = results.obligation("cadence", "day-ends-at-w")
    assert (obligation.due_at, obligation.outcome) == ("2026-04-28 00:00", "breached")


def test_a_deadline_in_plain_days_has_passed_only_after_it(results: Results) -> None:
    # sql within 30 × 24 h: 29 March 0:00 + 30 days = 28 April 0:00 = W
    at_w, before_w = (
        results.obligation("sql", "days-due-at-w"),
        results.obligation("sql", "days-due-before-w"),
    )
    assert (at_w.due_at, at_w.outcome) == ("2026-04-28 00:00", "pending")
    assert (before_w.due_at, before_w.outcome) == ("2026-04-27 23:59:59.999999", "breached")


# periods are local

HISTORY.mql("last-evening-of-january", "2026-01-31 23:30", handed_off="2026-01-31 23:30")
HISTORY.mql("first-instant-of-february", "2026-02-01 00:00", handed_off="2026-02-01 00:00")


def test_half_past_eleven_on_31_january_is_january(results: Results) -> None:
    # in UTC it is 1 February 5:30
    obligation = results.obligation("first_attempt", "last-evening-of-january")
    assert (obligation.period, obligation.contract_version) == ("2026-01", 1)
    obligation = results.obligation("first_attempt", "first-instant-of-february")
    assert (obligation.period, obligation.contract_version) == ("2026-02", 2)


# how first_response_business_seconds is counted

HISTORY.mql("answered-on-monday", "2026-01-09 16:00", handed_off="2026-01-09 16:00").calls("2026-01-12 10:30")
HISTORY.mql("answered-at-once", "2026-01-10 12:00", handed_off="2026-01-10 12:00").calls("2026-01-11 12:00")


def test_a_response_is_measured_in_business_seconds(results: Results) -> None:
    # Friday 16:00 to 17:00 and Monday 9:00 to 10:30 are 2.5 h = 9,000 s
    assert results.mql("answered-on-monday").first_response_business_seconds == 9000
    assert results.mql("answered-at-once").first_response_business_seconds == 0


# how times are written

for name, written in {
    "with-z": "2026-01-08T16:00:00Z",
    "with-hours": "2026-01-08 18:00:00+02",
    "with-minutes": "2026-01-08T21:30+0530",
    "with-colon": "2026-01-08T12:30:00.000-03:30",
    "without-offset": "2026-01-08T10:00",
    "with-nanoseconds": "2026-01-08 10:00:00.000000999",
}.items():
    HISTORY.person(name).touch(written)
HISTORY.person("date-alone").touch("2026-01-08")


@pytest.mark.parametrize(
    "name", ["with-z", "with-hours", "with-minutes", "with-colon", "without-offset", "with-nanoseconds"]
)
def test_a_time_means_what_its_offset_says_and_else_its_source_s_zone(results: Results, name: str) -> None:
    # all are 16:00 UTC = 10:00 in Mexico City; 16:00 = 18:00 − 2 = 21:30 − 5:30 = 12:30 + 3:30
    assert results.mql(name).qualified_at == "2026-01-08 10:00"


def test_a_date_alone_is_its_midnight(results: Results) -> None:
    assert results.mql("date-alone").qualified_at == "2026-01-08 00:00"
