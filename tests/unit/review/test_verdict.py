"""One sentence on each department: what is kept, what is broken, what is undecided, and how it may end."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dagster_project.review.commitments import departments
from tests.unit.review.warehouse import FEBRUARY, Company

MID_FEBRUARY = datetime(2026, 2, 16, 6, tzinfo=UTC)


@pytest.fixture
def company() -> Company:
    company = Company()
    company.months()
    return company


def verdict_on_sales(company: Company, language: str = "en") -> str:
    return departments(company.evidence(language))[1].verdict


def test_all_kept(company: Company) -> None:
    company.rate("first_attempt_on_time_rate", met=19, breached=1, target="0.9", status="met")
    company.promise("meetings_confirmed", FEBRUARY, target=30, actual=31.0, status="met")

    assert verdict_on_sales(company) == "Sales kept all of its 2 monthly promises."
    assert verdict_on_sales(company, "es") == "Ventas cumplió sus 2 promesas mensuales."


def test_one_kept_promise_is_in_the_singular(company: Company) -> None:
    company.promise("meetings_confirmed", target=30, actual=31.0, status="met")

    assert verdict_on_sales(company) == "Sales kept its only promise."


def test_a_missed_promise_is_named_with_both_months_and_the_target(company: Company) -> None:
    # 88 of 149 is 59.06 %, 102 of 117 is 87.18 %
    company.rate("first_attempt_on_time_rate", met=88, breached=61, target="0.9", status="missed")
    company.rate(
        "first_attempt_on_time_rate", met=102, breached=15, target="0.9", status="missed", period=FEBRUARY
    )
    company.promise("meetings_confirmed", target=30, actual=50.0, status="met")

    assert verdict_on_sales(company) == (
        "Sales kept 1 of its 3 monthly promises; it missed 2: first contact attempt on time "
        "(59.1% in January and 87.2% in February; target 90%)."
    )


def test_targets_that_differ_stand_beside_their_months(company: Company) -> None:
    company.promise("meetings_confirmed", target=30, actual=20.0, status="missed")
    company.promise("meetings_confirmed", FEBRUARY, target=15, actual=12.0, status="missed")

    assert verdict_on_sales(company) == (
        "Sales has kept none of its 2 monthly promises so far; it missed 2: "
        "meetings confirmed (20 in January, target 30 and 12 in February, target 15)."
    )


def test_what_is_undecided_says_between_what_it_will_end(company: Company) -> None:
    # 60 of 100 are met and 20 failed; with 20 pending it ends between 60 and 80 %
    company.rate("mql_to_sql_rate", met=60, breached=20, pending=20, target="0.7", status="on_track")
    company.rate("mql_to_customer_rate", met=5, breached=60, pending=35, target="0.2", status="at_risk")

    assert verdict_on_sales(company) == (
        "Sales has all of its 2 monthly promises still to be decided; "
        "1 is undecided and at risk: MQLs that became customers (between 5.0% and 40.0% in January; target 20%); "
        "1 is undecided and on track: MQLs that became SQLs (between 60.0% and 80.0% in January; target 70%)."
    )


def test_what_is_kept_but_not_final_is_said_to_be_safe(company: Company) -> None:
    company.rate("cadence_completed_rate", met=90, breached=2, pending=8, target="0.85", status="met")

    assert verdict_on_sales(company) == (
        "Sales kept its only promise; 1 of those kept is not final, but what is pending can no longer undo it."
    )


def test_a_running_month_says_where_it_is_heading() -> None:
    company = Company(through=MID_FEBRUARY)
    company.months()
    company.promise(
        "meetings_confirmed", FEBRUARY, target=60, actual=20.0, projection=41.6, status="at_risk", final=False
    )

    assert verdict_on_sales(company) == (
        "Sales has its only promise still to be decided; 1 is undecided and at risk: "
        "meetings confirmed (20 in February so far, heading for 42; target 60)."
    )


def test_what_has_no_figure_yet_is_counted_but_not_named(company: Company) -> None:
    for metric in ("cadence_completed_rate", "disposition_on_time_rate"):
        company.promise(metric, target="0.9", status="on_track", actual=None, pending=0, due=0, final=False)

    assert verdict_on_sales(company) == (
        "Sales has all of its 2 monthly promises still to be decided; "
        "2 are undecided and on track, with no case due yet."
    )


def test_nothing_to_judge_by_is_neither_kept_nor_broken(company: Company) -> None:
    company.promise(
        "no_contact_procedure_rate",
        target="0.9",
        actual=None,
        met=0,
        breached=0,
        pending=0,
        due=0,
        status="no_data",
    )
    company.promise("meetings_confirmed", target=30, actual=31.0, status="met")

    assert verdict_on_sales(company) == (
        "Sales kept 1 of its 2 monthly promises; for 1 there was no case to judge it by."
    )


def test_a_department_without_a_promise_says_so(company: Company) -> None:
    assert verdict_on_sales(company) == "Sales promised nothing for these months."


def test_more_than_four_promises_are_counted(company: Company) -> None:
    for metric in ("sqls", "opportunities", "customers_won", "meetings_confirmed", "revenue_won"):
        company.promise(metric, target=10, actual=1.0, status="missed")

    assert verdict_on_sales(company).endswith(
        ", MQLs that became opportunities (1 in January; target 10), "
        "customers won (1 in January; target 10), and 1 more."
    )


def test_earlier_months_are_not_in_the_verdict(company: Company) -> None:
    company.promise("meetings_confirmed", date(2025, 12, 1), target=30, actual=1.0, status="missed")
    company.promise("meetings_confirmed", target=30, actual=31.0, status="met")

    sales = departments(company.evidence())[1]
    assert sales.verdict == "Sales kept its only promise."
    # but they are on the scoreboard, where February, of which nothing was promised, is empty
    assert sales.scoreboard.months == ["Dec", "Jan", "Feb"]
    assert sales.scoreboard.reviewed == 2
    ((label, marks),) = sales.scoreboard.rows
    assert label == "Meetings confirmed"
    assert [mark.word if mark else None for mark in marks] == ["Missed", "Met", None]


def test_a_month_without_a_target_is_shown_as_such(company: Company) -> None:
    company.promise("meetings_confirmed", target=30, actual=31.0, status="met")

    january, february = departments(company.evidence())[1].promises[0].months
    assert (january.actual, january.target) == ("31", "at least 30")
    assert (february.actual, february.target, february.mark.word) == ("–", "", "No target")


def test_the_result_of_a_share_is_told_with_its_counts_and_its_range(company: Company) -> None:
    # 128 + 5 of 137 have come due, 4 are pending: between 128/137 = 93.43 % and 132/137 = 96.35 %
    company.rate("first_attempt_on_time_rate", met=128, breached=5, pending=4, target="0.9", status="met")

    (result, _) = departments(company.evidence())[1].promises[0].months
    assert result.counts == "128 yes, 5 no, 4 pending"
    assert result.outlook == ("133 due so far. It will end between 93.4% and 96.4%: kept, whatever happens.")


def test_promises_are_explained_in_the_contracts_own_terms() -> None:
    company = Company(first_attempt_within_business_seconds=6 * 3600)
    company.months()
    company.rate("first_attempt_on_time_rate", met=1, breached=0, target="0.9", status="met")

    promise = departments(company.evidence())[1].promises[0]
    assert promise.meaning == (
        "Of the MQLs handed off, the share with a first call or message within 6 business hours."
    )


def explained(company: Company) -> list[str]:
    return list(departments(company.evidence())[1].explanations)


def test_duties_missed_in_a_month_with_many_more_mqls_than_promised_are_told_with_it(
    company: Company,
) -> None:
    company.promise("mqls_delivered", target=100, actual=126.0, status="met", owner="marketing")
    company.rate("first_attempt_on_time_rate", met=60, breached=40, target="0.9", status="missed")
    company.owe("first_attempt", 40, "breached")

    assert (
        explained(company)[-1]
        == "January brought sales 126 MQLs, 26% more than the 100 that marketing had promised."
    )


@pytest.mark.parametrize(
    ("delivered", "metric"), [(110.0, "first_attempt_on_time_rate"), (126.0, "mql_to_sql_rate")]
)
def test_a_few_more_mqls_or_a_missed_conversion_are_no_reason(
    company: Company, delivered: float, metric: str
) -> None:
    company.promise("mqls_delivered", target=100, actual=delivered, status="met", owner="marketing")
    company.rate(metric, met=60, breached=40, target="0.9", status="missed")

    assert not any("brought sales" in sentence for sentence in explained(company))


def test_a_share_of_which_nothing_has_come_due_shows_how_it_can_end(company: Company) -> None:
    company.rate(
        "mql_to_sql_rate", met=30, breached=0, pending=70, target="0.25", status="met", actual=None, due=0
    )

    (january, _) = departments(company.evidence())[1].promises[0].months
    # 30 of 100 at worst, all at best
    assert january.actual == "30.0% to 100%"
