"""How many MQLs a rep may and must get in a period (domain, obligations: rep_load).

2 to 4 a period, one rep 1 to 1. January 2026 has 22 business days (Monday to Friday), February 19
(its second version closes on the 2nd), March 22, of which 10 are before W, the end of Sunday 15.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.history import RAUL, ROSA, History, a_contract, open_hours
from tests.scenarios.results import Results, run

CAPACITY = {"per_rep": {"min": 2, "max": 4}, "overrides": [{"rep": "olga", "min": 1, "max": 1}]}
HISTORY = History(
    a_contract(capacity=CAPACITY),
    a_contract(
        version=2,
        effective_from="2026-02-01",
        capacity=CAPACITY,
        business_hours=open_hours(["09:00-17:00"], add=["2026-02-02"]),
    ),
    through="2026-03-15",
)


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def gets(rep: str, january: int = 0, february: int = 0, march: int = 0) -> None:
    """A rep is handed this many MQLs in each period."""
    for month, number in ((1, january), (2, february), (3, march)):
        for count in range(number):
            at = f"2026-{month:02}-05 10:{count:02}"
            HISTORY.mql(f"{rep}-{month}-{count}", at, at, rep)


def rep(name: str, january: int = 0, february: int = 0, march: int = 0, **user: Any) -> None:
    HISTORY.user(name, **user)
    gets(name, january, february, march)


# whole periods

gets(ROSA, january=2, february=4, march=3)
gets(RAUL, january=1, february=5, march=5)
rep("olga", january=1, february=2)
rep("idle")


def test_a_rep_s_load_is_kept_from_minimum_to_maximum(results: Results) -> None:
    assert results.rep_load(ROSA, "2026-01").outcome == "met"
    assert results.rep_load(ROSA, "2026-02").outcome == "met"
    assert results.rep_load(RAUL, "2026-01").outcome == "breached"
    assert results.rep_load(RAUL, "2026-02").outcome == "breached"


def test_a_rep_without_any_mql_has_too_few(results: Results) -> None:
    assert results.rep_load("idle", "2026-01").outcome == "breached"


def test_a_rep_can_have_limits_of_their_own(results: Results) -> None:
    assert results.rep_load("olga", "2026-01").outcome == "met"
    assert results.rep_load("olga", "2026-02").outcome == "breached"


def test_a_load_is_owed_for_the_whole_period_and_by_nobody_s_person(results: Results) -> None:
    load = results.rep_load(ROSA, "2026-02")
    assert (load.started_at, load.due_at, load.done_at) == (
        "2026-02-01 00:00",
        "2026-03-01 00:00",
        "2026-03-01 00:00",
    )
    assert (load.person_id, load.cycle, load.owner, load.contract_version) == (None, None, "sales", 2)


# the running period

gets("idle", march=4)


def test_a_load_is_pending_until_its_period_is_over(results: Results) -> None:
    for name in (ROSA, "idle", "olga"):
        load = results.rep_load(name, "2026-03")
        assert (load.outcome, load.due_at, load.done_at) == ("pending", "2026-04-01 00:00", None)


def test_a_load_is_breached_as_soon_as_it_is_too_much(results: Results) -> None:
    # 5 in March already
    assert results.rep_load(RAUL, "2026-03").outcome == "breached"


# parts of a period: 14 January is the 10th business day, 10 ÷ 22 of 2 to 4 is 0.9 to 1.8: 0 to 2

for number in (0, 2, 3):
    rep(f"left-{number}", january=number, ended_on="2026-01-14")
rep("joined-2", january=2, started_on="2026-01-19")
rep("joined-3", january=3, started_on="2026-01-19")
rep("came-and-went", january=1, started_on="2026-01-12", ended_on="2026-01-14")
rep("came-and-went-2", january=2, started_on="2026-01-12", ended_on="2026-01-14")


def test_a_rep_who_left_in_mid_period_has_a_share_rounded_apart(results: Results) -> None:
    # 2 × 10 ÷ 22 = 0.9, down to 0; 4 × 10 ÷ 22 = 1.8, up to 2
    assert results.rep_load("left-0", "2026-01").outcome == "met"
    assert results.rep_load("left-2", "2026-01").outcome == "met"
    assert results.rep_load("left-3", "2026-01").outcome == "breached"


def test_a_rep_who_joined_in_mid_period_too(results: Results) -> None:
    # 19 to 23 and 26 to 30 January: 10 of 22
    assert results.rep_load("joined-2", "2026-01").outcome == "met"
    assert results.rep_load("joined-3", "2026-01").outcome == "breached"
    # 12, 13, 14: 3 of 22; 4 × 3 ÷ 22 = 0.5, up to 1
    assert results.rep_load("came-and-went", "2026-01").outcome == "met"
    assert results.rep_load("came-and-went-2", "2026-01").outcome == "breached"


def test_a_rep_who_was_not_there_owes_no_load(results: Results) -> None:
    assert results.rep_load("left-0", "2026-02") is None
    assert results.rep_load("joined-2", "2026-02").outcome == "breached"


rep("half-0", started_on="2026-01-16")
rep("half-1", january=1, started_on="2026-01-16")
rep("half-2", january=2, started_on="2026-01-16")
rep("half-3", january=3, started_on="2026-01-16")


def test_a_share_that_comes_out_even_is_not_rounded(results: Results) -> None:
    # 16, 19 to 23, 26 to 30 January: 11 of 22, so 1 to 2
    outcomes = [results.rep_load(f"half-{number}", "2026-01").outcome for number in range(4)]
    assert outcomes == ["breached", "met", "met", "breached"]


rep("last-day-only", ended_on="2026-01-01", january=1)
rep("first-day-only", started_on="2026-01-30", january=1)
rep("weekend-only", started_on="2026-01-31")
rep("until-new-year", ended_on="2025-12-31")


def test_both_the_first_and_the_last_day_are_included(results: Results) -> None:
    # 1 of 22: 0 to 1
    assert results.rep_load("last-day-only", "2026-01").outcome == "met"
    assert results.rep_load("first-day-only", "2026-01").outcome == "met"


def test_only_business_days_make_a_rep_active_in_a_period(results: Results) -> None:
    # Saturday 31 January is none
    assert results.rep_load("weekend-only", "2026-01") is None
    assert results.rep_load("weekend-only", "2026-02").outcome == "breached"
    assert results.rep_load("until-new-year", "2026-01") is None


rep("there-in-february", february=2, started_on="2026-02-02", ended_on="2026-02-13")
rep("there-in-february-3", february=3, started_on="2026-02-02", ended_on="2026-02-13")


def test_business_days_are_those_of_the_version_at_the_period_s_start(results: Results) -> None:
    # 3 to 6 and 9 to 13 February: 9 of 19; 4 × 9 ÷ 19 = 1.9, up to 2
    assert results.rep_load("there-in-february", "2026-02").outcome == "met"
    assert results.rep_load("there-in-february-3", "2026-02").outcome == "breached"


rep("holiday-only", started_on="2026-02-02", ended_on="2026-02-02")


def test_a_holiday_makes_nobody_active(results: Results) -> None:
    assert results.rep_load("holiday-only", "2026-02") is None


# what is_active says

rep("ended-but-active", january=3, is_active="true", ended_on="2026-01-14")
rep("ended-and-inactive", january=2, is_active="false", ended_on="2026-01-14", updated_at="2026-02-10 10:00")
rep("inactive-since", january=2, is_active="false", updated_at="2026-01-14 23:30")
rep("inactive-since-3", january=3, is_active="false", updated_at="2026-01-14 23:30")
rep("never-active", january=1, is_active="false", updated_at=None)
rep("never-active-and-idle", is_active="false", updated_at=None)
rep("inactive-for-years", is_active="false", updated_at="2024-05-01")
rep("active-unless-told", january=2, is_active=None)


def test_the_end_overrides_is_active(results: Results) -> None:
    # 0 to 2
    assert results.rep_load("ended-but-active", "2026-01").outcome == "breached"
    assert results.rep_load("ended-but-active", "2026-02") is None
    assert results.rep_load("ended-and-inactive", "2026-01").outcome == "met"
    assert results.rep_load("ended-and-inactive", "2026-02") is None


def test_without_an_end_an_inactive_rep_was_active_until_the_record_s_local_date(results: Results) -> None:
    # 14 January 23:30 local is 15 January in UTC: 10 of 22 days, 0 to 2
    assert results.rep_load("inactive-since", "2026-01").outcome == "met"
    assert results.rep_load("inactive-since-3", "2026-01").outcome == "breached"
    assert results.rep_load("inactive-since", "2026-02") is None
    assert results.rep_load("inactive-for-years", "2026-01") is None


def test_a_rep_who_was_never_active_may_have_none(results: Results) -> None:
    assert results.rep_load("never-active", "2026-01").outcome == "breached"
    assert results.rep_load("never-active", "2026-02") is None
    assert results.rep_load("never-active-and-idle", "2026-01") is None


def test_a_rep_is_active_unless_the_record_says_otherwise(results: Results) -> None:
    assert results.rep_load("active-unless-told", "2026-01").outcome == "met"


rep("left-before-getting", february=1, ended_on="2026-01-14")


def test_a_rep_who_gets_an_mql_after_leaving_has_too_many(results: Results) -> None:
    # 0 and 0
    assert results.rep_load("left-before-getting", "2026-02").outcome == "breached"


# which rep an MQL counts for

rep("hands-on", january=2)
rep("takes-over")
for number in range(2):
    HISTORY.people[f"hands-on-1-{number}"].owner("2026-01-20 10:00", "takes-over")


def test_an_mql_counts_for_the_rep_it_was_handed_to(results: Results) -> None:
    assert results.rep_load("hands-on", "2026-01").outcome == "met"
    assert results.rep_load("takes-over", "2026-01").outcome == "breached"


rep("at-the-edges")
for name, at in (
    ("before", "2025-12-31 23:59"),
    ("first", "2026-01-01 00:00"),
    ("last", "2026-01-31 23:59:59.999999"),
):
    HISTORY.mql(f"edge-{name}", at, at, "at-the-edges")


def test_an_mql_counts_in_the_period_of_its_hand_off(results: Results) -> None:
    # nobody qualifies in December, so 2 in January: the first instant and the last
    assert results.rep_load("at-the-edges", "2026-01").outcome == "met"
    assert results.rep_load("at-the-edges", "2026-02").outcome == "breached"
