"""The tables beside MQLs, obligations and attainment (outputs): performance, funnels, breaches.

Rosa's year so far, as of the end of Monday 16 March. One MQL is handed to her on each of four days
of January at 10:00, one in February, two in March; Raul has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.history import RAUL, ROSA, History, a_contract
from tests.scenarios.results import Results, run

HISTORY = History(
    a_contract(capacity={"per_rep": {"min": 2, "max": 5}}),
    through="2026-03-16",
    rates={"USD": 20},
)
for name, handed_off in (
    ("hour", "2026-01-05 10:00"),
    ("three-hours", "2026-01-06 10:00"),
    ("five-hours", "2026-01-07 10:00"),
    ("never", "2026-01-08 10:00"),
    ("february", "2026-02-10 10:00"),
    ("march", "2026-03-10 10:00"),
    ("today", "2026-03-16 16:00"),
):
    HISTORY.mql(name, handed_off, handed_off)
HISTORY.mql("raul-s", "2026-01-05 10:00", "2026-01-05 10:00", RAUL)
people = HISTORY.people
people["hour"].calls("2026-01-05 11:00", "2026-02-03 10:00").status("2026-01-06 10:00", "Working")
people["hour"].meeting("2026-01-06 10:00", confirmed_at="2026-02-02 10:00")
people["hour"].opportunity(
    "2026-02-03 10:00", won="2026-03-02 10:00", amount="10.5", currency="USD", opportunity_id="d1"
)
people["three-hours"].calls("2026-01-06 13:00").calls("2026-01-06 14:00", by=RAUL)
people["three-hours"].opportunity("2026-02-03 10:00", lost="2026-02-27 10:00", opportunity_id="d2")
people["five-hours"].calls("2026-01-07 15:00")
people["five-hours"].meeting("2026-01-08 10:00", confirmed_at="2026-01-09 10:00")
HISTORY.campaign("expo")
HISTORY.spend("2026-01-10", "12.5")


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def performance(results: Results, rep: str, period: str) -> Any:
    (row,) = results.rows(
        f"select * from marts.rep_performance where rep_id = '{rep}' and strftime(period, '%Y-%m') = '{period}'"
    )
    return row


def test_a_rep_s_performance_counts_what_happened_to_the_rep_s_mqls(results: Results) -> None:
    january = performance(results, ROSA, "2026-01")
    # calls: hour, three-hours (one by raul), five-hours
    assert (january.mqls, january.attempts, january.sqls, january.meetings) == (4, 4, 0, 1)
    february = performance(results, ROSA, "2026-02")
    # hour's second call, its confirmed meeting, which makes it an SQL; three-hours lost
    assert (february.mqls, february.attempts, february.sqls, february.meetings) == (1, 1, 1, 1)
    assert (february.won, february.lost) == (0, 1)
    assert performance(results, ROSA, "2026-03").won == 1
    assert performance(results, RAUL, "2026-01").attempts == 0


def test_response_percentiles_are_continuous_over_the_mqls_with_an_attempt(results: Results) -> None:
    january = performance(results, ROSA, "2026-01")
    # 1, 3 and 5 h: the median is 3 h; 0.9 of the way is 3 h + 0.8 × 2 h = 4.6 h
    assert january.first_response_p50_business_seconds == 3 * 3600
    assert january.first_response_p90_business_seconds == pytest.approx(4.6 * 3600)
    assert performance(results, RAUL, "2026-01").first_response_p50_business_seconds is None


def test_the_funnel_by_cohort_follows_the_mqls_of_a_period(results: Results) -> None:
    january, february, march = results.rows("select * from marts.funnel_by_cohort order by period")
    # rosa's four and raul's one
    assert (january.mqls, january.sqls, january.opportunities, january.customers) == (5, 1, 2, 1)
    # sql within 30 and opportunity within 40 days are decided in the middle of March, customer within 60 too
    assert (january.sqls_decided_share, january.opportunities_decided_share) == (1, 1)
    assert january.customers_decided_share == 1
    # 10 February + 30 days is 12 March, + 40 days is after W
    assert (february.mqls, february.sqls_decided_share, february.opportunities_decided_share) == (1, 1, 0)
    assert (march.mqls, march.customers_decided_share) == (2, 0)


def test_the_funnel_by_period_counts_events_in_their_own_period(results: Results) -> None:
    january, february, march = results.rows("select * from marts.funnel_by_period order by period")
    assert [row.mqls_delivered for row in (january, february, march)] == [5, 1, 2]
    assert [row.sqls for row in (january, february, march)] == [0, 1, 0]
    assert [row.meetings_confirmed for row in (january, february, march)] == [1, 1, 0]
    assert [row.opportunities for row in (january, february, march)] == [0, 2, 0]
    assert [row.customers_won for row in (january, february, march)] == [0, 0, 1]
    assert [row.lost for row in (january, february, march)] == [0, 1, 0]
    # 10.5 × 20
    assert [row.revenue_won for row in (january, february, march)] == [0, 0, 210]
    assert [row.spend for row in (january, february, march)] == [12.5, 0, 0]


def test_an_opportunity_has_its_amount_in_both_currencies(results: Results) -> None:
    won, lost = results.rows("select * from marts.fct_opportunities order by opportunity_id")
    assert (won.opportunity_id, won.person_id, won.cycle, won.is_won) == ("d1", "hour", 1, True)
    assert (won.amount, won.currency, won.original_amount, won.original_currency) == (210, "MXN", 10.5, "USD")
    assert (lost.opportunity_id, lost.is_won, lost.closed_at) == ("d2", False, "2026-02-27 10:00")


def test_breaches_list_what_is_overdue_and_what_is_due_within_two_business_days(results: Results) -> None:
    rows = {(row.obligation, row.person_id): row for row in results.rows("select * from marts.breaches")}
    # handed off on Monday 16 March 16:00: 4 h are over on Tuesday at 12:00; 1 h has passed
    first = rows["first_attempt", "today"]
    assert (first.due_at, first.outcome) == ("2026-03-17 12:00", "pending")
    assert first.remaining_business_seconds == 3 * 3600
    # 16 h: 1 h on Monday, 8 h on Tuesday, 7 h on Wednesday
    assert rows["disposition", "today"].remaining_business_seconds == 15 * 3600
    # three business days are one too many
    assert ("cadence", "today") not in rows
    # Tuesday 10 March 10:00 + 4 h; 3 h are left of Tuesday, 8 h on each of the four days up to Monday 16
    late = rows["first_attempt", "march"]
    assert (late.outcome, late.overdue_business_seconds) == ("breached", (3 + 4 * 8) * 3600)
    # met obligations are not listed
    assert ("handoff", "march") not in rows
