"""The sections on what became of MQLs, with figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dagster_project.review.sections.cohorts import cohorts_section
from dagster_project.review.sections.funnel import funnel_section
from dagster_project.review.sections.progress import progress_section
from dagster_project.review.sections.speed import speed_section
from tests.unit.review.tables import only_table, texts
from tests.unit.review.warehouse import FEBRUARY, HOUR, JANUARY, Company

NOVEMBER, DECEMBER = date(2025, 11, 1), date(2025, 12, 1)


# MQLs by business day


def test_what_happens_on_days_off_counts_with_the_next_business_day_or_the_months_last() -> None:
    company = Company()
    # January's first three days and its last one are off: 27 business days, the first of them the 4th
    company.month(JANUARY, days_off=(1, 2, 3, 31))
    for day in (2, 4, 5, 31):
        company.add("fct_mqls", handed_off_date=date(2026, 1, day))

    rows = only_table(progress_section(company.evidence()))

    assert [row[1] for row in rows[:3]] == ["2", "3", "3"]  # the 2nd counts with the 4th
    assert len(rows) == 27
    assert rows[-1] == ["27", "4", "–"]  # the 31st counts with the 30th


def test_the_goal_is_an_even_way_over_the_business_days() -> None:
    company = Company()
    company.month(FEBRUARY, days_off=tuple(range(11, 29)))  # ten business days
    company.promise("mqls_delivered", FEBRUARY, target=25, actual=30.0, status="met", owner="marketing")
    company.add("fct_mqls", 30, handed_off_date=date(2026, 2, 9))

    section = progress_section(company.evidence())

    assert [row[2] for row in only_table(section)[:4]] == ["2.5", "5", "7.5", "10"]
    assert section.sentences == (
        "February 2026: 30 MQLs against a target of 25, reached on business day 9 of 10.",
    ) or section.sentences == [
        "February 2026: 30 MQLs against a target of 25, reached on business day 9 of 10."
    ]


def test_a_running_month_is_compared_with_an_even_pace() -> None:
    company = Company(through=datetime(2026, 2, 15, 6, tzinfo=UTC))  # through the 14th of 28 business days
    company.months()
    company.promise(
        "mqls_delivered", FEBRUARY, target=28, actual=10.0, status="at_risk", owner="marketing", final=False
    )
    company.add("fct_mqls", 10, handed_off_date=date(2026, 2, 3))

    section = progress_section(company.evidence())

    assert section.sentences[1] == (
        "February 2026, business day 14 of 28: 10 MQLs so far, behind an even pace towards 28, which would be 14."
    )
    assert only_table(section)[14][3:] == ["–", "15"]  # the 15th hasn't begun


def test_where_only_qualified_mqls_are_promised_these_are_counted() -> None:
    company = Company()
    company.month(JANUARY)
    company.promise("mqls_qualified", target=1, actual=2.0, status="met", owner="marketing")
    company.add("fct_mqls", 2, qualified_date=date(2026, 1, 5))
    company.add("fct_mqls", handed_off_date=date(2026, 1, 6))

    assert only_table(progress_section(company.evidence()))[-1][1] == "2"


# The funnel


def test_the_funnel_has_both_months_their_sum_the_share_of_the_stage_before_and_the_months_before() -> None:
    company = Company()
    for period, leads, qualified in (
        (NOVEMBER, 50, 5),
        (DECEMBER, 50, 5),
        (JANUARY, 100, 20),
        (FEBRUARY, 60, 20),
    ):
        company.month(period, leads=leads, mqls_qualified=qualified)

    rows = texts(funnel_section(company.evidence()).tables[0])

    assert rows[0] == ["New people", "100", "60", "160", "–", "100"]
    assert rows[1] == ["MQLs qualified", "20", "20", "40", "25.0%", "10"]  # 40 of 160


def test_opportunities_that_closed_are_listed_by_month(company: Company) -> None:
    for won, amount in ((True, 1000), (False, 500)):
        company.add(
            "fct_opportunities", is_closed=True, is_won=won, closed_date=date(2026, 2, 3), amount=amount
        )
    company.add("fct_opportunities", is_closed=False, is_won=False, amount=900)

    assert texts(funnel_section(company.evidence()).tables[1]) == [
        ["Feb 2026", "2", "1", "1", "50.0%", "MX$1,000"]
    ]


# Conversion by month of hand-off


def test_a_share_that_is_not_ripe_is_marked(company: Company) -> None:
    company.add(
        "funnel_by_cohort",
        period=JANUARY,
        mqls=80,
        sqls=20,
        opportunities=10,
        customers=1,
        sqls_decided_share=1.0,
        opportunities_decided_share=0.75,
        customers_decided_share=0.05,
    )

    section = cohorts_section(company.evidence())

    # 20, 10 and 1 of 80
    assert only_table(section) == [
        ["Jan 2026", "80", "20", "25.0%", "100%", "10", "12.5% so far", "75.0%", "1", "1.3% so far", "5.0%"]
    ]
    # January's SQLs alone are all decided
    assert list(section.sentences) == [
        "Of the MQLs of months that have had their time, 25.0% became SQLs (latest: 25.0%, January 2026).",
        "2 figures are not ripe: some of those MQLs still have time. They can only rise.",
    ]


# Speed


def test_median_and_nine_in_ten_are_of_those_with_an_attempt(company: Company) -> None:
    for hours in (1, 2, 3, 10):
        company.add(
            "fct_mqls",
            handed_off_date=date(2026, 1, 7),
            first_attempt_at=datetime(2026, 1, 8, tzinfo=UTC),
            first_response_business_seconds=hours * HOUR,
        )
    company.add("fct_mqls", handed_off_date=date(2026, 1, 31))
    company.owe("first_attempt", 3, "met")
    company.owe("first_attempt", 1, "breached")
    company.owe("first_attempt", 1, "pending")

    section = speed_section(company.evidence())

    # median (2 + 3) / 2; 90th percentile at place 2.7 of 0…3: 3 + 0.7 × 7 = 7.9; 3 of 5 within the promise
    assert section.sentences[0] == (
        "January 2026: half of the MQLs that were tried had a first attempt within 2.5 business hours, nine in ten "
        "within 7.9 hours. Within the 8 hours promised: 3 of 5 (at least 60.0%). Still in time: 1."
    )
    assert only_table(section)[0] == ["Jan 2026", "5", "4", "2.5", "7.9", "8", "at least 60.0%", "1"]
    assert section.sentences[1] == "February 2026: no MQL was handed off."
