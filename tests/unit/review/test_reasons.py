"""Why a promise was not kept."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dagster_project.review.commitments import departments
from tests.unit.review.warehouse import JANUARY, Company

LATE = datetime(2026, 1, 30, tzinfo=UTC)


@pytest.fixture
def company() -> Company:
    company = Company()
    company.months()
    return company


def reasons(company: Company, department: int = 1) -> list[str]:
    """Why the first promise of a department (1 is sales) was not kept in January."""
    return list(departments(company.evidence())[department].promises[0].months[0].reasons)


def miss(company: Company, metric: str, owner: str = "sales") -> None:
    company.rate(metric, met=1, breached=9, target="0.9", status="missed", owner=owner)


def test_late_and_never_are_told_apart(company: Company) -> None:
    miss(company, "handoff_on_time_rate", "marketing")
    company.owe("handoff", 6, "breached", done_at=LATE)
    company.owe("handoff", 3, "breached")

    assert reasons(company, 0) == ["9 were not done on time: 6 late, 3 not at all."]


def test_only_late(company: Company) -> None:
    miss(company, "handoff_on_time_rate", "marketing")
    company.owe("handoff", 9, "breached", done_at=LATE)

    assert reasons(company, 0) == ["9 were done, but late."]


def test_a_conversion_is_no_duty(company: Company) -> None:
    miss(company, "mql_to_sql_rate")
    company.owe("sql", 1, "breached")

    assert reasons(company) == ["1 had its time and did not get there."]


def test_a_rep_with_half_of_the_failures_is_named(company: Company) -> None:
    miss(company, "first_attempt_on_time_rate")
    company.owe("first_attempt", 5, "breached", rep_id="rosa")
    company.owe("first_attempt", 2, "breached", rep_id="raul")
    company.owe("first_attempt", 2, "breached", rep_id="rita")

    # rosa has 5 of 9, more than half
    assert reasons(company)[1] == "5 of these 9 are rosa's, one of 3 reps concerned."


def test_a_few_reps_with_half_of_the_failures_are_named(company: Company) -> None:
    miss(company, "first_attempt_on_time_rate")
    for rep, failures in (("a", 3), ("b", 3), ("c", 2), ("d", 2)):
        company.owe("first_attempt", failures, "breached", rep_id=rep)

    # 3 + 3 of 10 are half and more
    assert reasons(company)[1] == "6 of these 10 are of 2 of the 4 reps concerned: a and b."


def test_failures_spread_evenly_name_nobody(company: Company) -> None:
    miss(company, "first_attempt_on_time_rate")
    for rep in "abcdefgh":
        company.owe("first_attempt", 2, "breached", rep_id=rep)

    # the first three have 6 of 16
    assert reasons(company)[1] == "They are spread over 8 reps; none has more than 2."


def test_two_failures_are_no_pattern(company: Company) -> None:
    miss(company, "first_attempt_on_time_rate")
    company.owe("first_attempt", 2, "breached", rep_id="rosa")

    assert reasons(company) == ["2 were not done."]


def test_loads_outside_what_was_agreed_are_named(company: Company) -> None:
    miss(company, "reps_within_capacity_rate")
    for rep, mqls, outcome in (("rosa", 31, "breached"), ("raul", 7, "breached"), ("rita", 20, "met")):
        company.add("rep_performance", rep_id=rep, period=JANUARY, mqls=mqls, min=10, max=30)
        company.owe("rep_load", 1, outcome, rep_id=rep)

    # raul lacks 3, rosa has 1 too many
    assert reasons(company) == [
        "Outside what was agreed: raul with 7 (minimum 10) and rosa with 31 (maximum 30)."
    ]


def test_a_volume_is_explained_by_what_it_comes_from() -> None:
    company = Company()
    company.month(date(2025, 11, 1), leads=400)
    company.month(date(2025, 12, 1), leads=500)
    company.month(JANUARY, leads=360)
    company.promise("mqls_delivered", target=95, actual=86.0, status="missed", owner="marketing")

    # 900 in two months are 450 a month; 360 is a fifth less
    assert reasons(company, 0) == [
        "9 short of the target.",
        "What it comes from: New people, 360 against 450 a month in the two months before (20% less).",
    ]


def test_cost_is_explained_by_spend_and_mqls() -> None:
    company = Company()
    company.month(JANUARY, spend=1000, mqls_delivered=2)
    company.promise(
        "cost_per_mql", comparison="at_most", target=400, actual=500.0, status="missed", owner="marketing"
    )

    assert reasons(company, 0) == ["MX$1,000 were spent and 2 MQLs were delivered."]


def test_a_win_rate_is_explained_by_its_counts(company: Company) -> None:
    company.promise("win_rate", target="0.5", actual=0.25, status="missed")
    for won in (True, False, False, False):
        company.add(
            "fct_opportunities", is_closed=True, is_won=won, closed_date=date(2026, 1, 15), amount=100
        )

    assert reasons(company) == ["Won: 1 of 4 that closed."]


def test_what_is_kept_needs_no_reason(company: Company) -> None:
    company.rate("first_attempt_on_time_rate", met=9, breached=1, target="0.9", status="met")
    company.owe("first_attempt", 1, "breached")

    assert reasons(company) == []


def test_a_department_explains_its_worst_month_of_each_promise_the_furthest_first(company: Company) -> None:
    company.rate(
        "first_attempt_on_time_rate", met=8, breached=2, target="0.9", status="missed", attainment=0.89
    )
    company.rate("cadence_completed_rate", met=4, breached=6, target="0.9", status="missed", attainment=0.44)
    company.owe("first_attempt", 2, "breached")
    company.owe("cadence", 6, "breached", done_at=LATE)

    assert departments(company.evidence())[1].explanations == [
        "Follow-up completed, January: 6 were done, but late.",
        "First contact attempt on time, January: 2 were not done.",
    ]
