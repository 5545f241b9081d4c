"""The sections' sentences and tables, with figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dagster_project.review.parts import Section, Table
from dagster_project.review.proposal import proposal_in_short
from dagster_project.review.sections.campaigns import campaigns_section
from dagster_project.review.sections.cohorts import cohorts_section
from dagster_project.review.sections.duties import duties_section
from dagster_project.review.sections.funnel import funnel_section
from dagster_project.review.sections.plan import plan_section
from dagster_project.review.sections.progress import progress_section
from dagster_project.review.sections.quality import quality_section
from dagster_project.review.sections.reps import reps_section
from dagster_project.review.sections.restatements import restatements_section
from dagster_project.review.sections.speed import speed_section
from tests.unit.review.warehouse import FEBRUARY, HOUR, JANUARY, MARCH, Company

NOVEMBER, DECEMBER = date(2025, 11, 1), date(2025, 12, 1)


@pytest.fixture
def company() -> Company:
    company = Company()
    company.months()
    return company


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def only_table(section: Section) -> list[list[str]]:
    (table,) = section.tables
    return texts(table)


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


# Reps


def test_loads_are_within_above_or_below_what_was_agreed(company: Company) -> None:
    for rep, mqls, outcome in (("rosa", 31, "breached"), ("raul", 9, "breached"), ("rita", 30, "met")):
        company.add("rep_performance", rep_id=rep, period=JANUARY, mqls=mqls, min=10, max=30)
        company.owe("rep_load", 1, outcome, rep_id=rep)
    company.owe("cadence", 2, "breached", rep_id="rita")
    company.owe("sql", 1, "breached", rep_id="rita")  # a conversion is no duty

    section = reps_section(company.evidence())

    assert section.sentences[0] == (
        "January 2026: 1 of 3 reps had the agreed load; too many MQLs: 1; too few: 1."
    )
    assert [row[1:6] + row[7:9] for row in only_table(section)] == [
        ["rosa", "31", "10", "30", "above", "0", "0"],
        ["raul", "9", "10", "30", "below", "0", "0"],
        ["rita", "30", "10", "30", "within", "2", "2"],
    ]


def test_a_rep_without_an_agreed_load_is_in_no_count_of_those_who_kept_it(company: Company) -> None:
    company.add("rep_performance", rep_id="rosa", period=JANUARY, mqls=12, min=10, max=30)
    company.owe("rep_load", 1, "met", rep_id="rosa")
    company.add("rep_performance", rep_id="left", period=JANUARY, mqls=0, min=None, max=None)

    section = reps_section(company.evidence())

    assert section.sentences[0] == "January 2026: the only rep had the agreed load."
    assert [row[5] for row in only_table(section)] == ["within", "none agreed"]


def test_few_mqls_in_a_running_month_are_not_below_yet() -> None:
    company = Company(through=datetime(2026, 1, 10, 6, tzinfo=UTC))
    company.month(JANUARY)
    company.add("rep_performance", rep_id="rosa", period=JANUARY, mqls=2, min=10, max=30)
    company.owe("rep_load", 1, "pending", rep_id="rosa")

    section = reps_section(company.evidence())

    assert only_table(section)[0][5] == "month running"
    assert section.sentences[0] == "January 2026, still running: 1 rep; more MQLs than agreed already: 0."


def test_many_reps_are_summed_up_after_those_furthest_outside(company: Company) -> None:
    for number in range(40):
        company.add("rep_performance", rep_id=f"rep-{number:02}", period=JANUARY, mqls=number, min=1, max=30)
        company.owe("rep_load", 1, "met" if 1 <= number <= 30 else "breached", rep_id=f"rep-{number:02}")

    rows = only_table(reps_section(company.evidence()))

    # 39 exceeds by most; rep-00 and the nine above are outside, so the 15 that are summed up are within
    assert rows[0][1:3] == ["rep-39", "39"]
    assert len(rows) == 26
    assert rows[-1][1:3] == ["15 more reps", str(sum(range(1, 16)))]
    assert rows[-1][5] == "0 outside"


# Campaigns


def credit(company: Company, campaign: str, period: date, mqls: float, sqls: float, spend: float) -> None:
    for model in ("linear", "first_touch", "last_touch", "position_based"):
        company.add(
            "campaign_performance",
            campaign_id=campaign,
            period=period,
            model=model,
            mqls=mqls,
            sqls=sqls,
            spend=spend,
        )


def test_campaigns_are_ranked_by_the_mqls_of_both_months_with_the_cost_of_each(company: Company) -> None:
    company.add("dim_campaigns", campaign_id="c1", campaign_name="Expo", channel="event")
    company.add("dim_campaigns", campaign_id="c2", campaign_name="Newsletter", channel="email")
    credit(company, "c1", JANUARY, 5, 4, 3000)
    credit(company, "c1", FEBRUARY, 10, 2, 0)
    credit(company, "c2", FEBRUARY, 9.5, 1, 95)
    credit(company, "(none)", FEBRUARY, 2, 0, 0)

    rows = only_table(campaigns_section(company.evidence()))

    # 3000 ÷ 15 = 200; 6 of 15 = 40 %; 95 ÷ 9.5 = 10, but fewer than ten MQLs
    assert rows[0] == [
        "Expo",
        "event",
        "15",
        "MX$200",
        "6",
        "40.0%",
        "0",
        "MX$0",
        "MX$3,000",
        "15",
        "15",
        "enough",
    ]
    assert rows[1][:4] + rows[1][-1:] == ["Newsletter", "email", "9.5", "MX$10", "few MQLs"]
    assert rows[2][:3] == ["(without a campaign)", "–", "2"]


def test_two_campaigns_of_one_name_stay_two(company: Company) -> None:
    for campaign in ("c1", "c2"):
        company.add("dim_campaigns", campaign_id=campaign, campaign_name="Webinar", channel="webinar")
        credit(company, campaign, JANUARY, 12, 3, 0)

    (chart,) = campaigns_section(company.evidence()).charts

    assert "Webinar (c1)" in chart.description
    assert "Webinar (c2)" in chart.description


# Duties


def test_what_is_due_next_is_duties_the_soonest_first(company: Company) -> None:
    def due(obligation: str, hour: int) -> None:
        company.add(
            "breaches",
            obligation=obligation,
            owner="sales",
            outcome="pending",
            person_id="p1",
            rep_id="rosa",
            period=FEBRUARY,
            due_at=datetime(2026, 3, 2, hour, tzinfo=UTC),
            remaining_business_seconds=1.5 * HOUR,
        )

    due("disposition", 18)
    due("first_attempt", 16)
    due("customer", 15)
    company.owe("first_attempt", 3, "met")
    company.owe("first_attempt", 1, "breached", done_at=datetime(2026, 1, 30, tzinfo=UTC))

    section = duties_section(company.evidence())

    assert section.sentences == [
        "Of 4 things that marketing and sales owed because of these months, 1 was not done on time.",
        "2 fall due within the next two business days.",
    ]
    due_rows = texts(section.tables[1])
    assert [row[1] for row in due_rows] == ["First contact attempt", "Accept or reject"]
    assert due_rows[0][0].replace("\u202f", " ") == "Mon, Mar 2, 10:00 AM"
    assert due_rows[0][-1] == "1.5"


def test_what_was_missed_is_told_by_department_and_by_the_kind_missed_most(company: Company) -> None:
    company.owe("handoff", 9, "met")
    company.owe("handoff", 1, "breached")
    company.owe("first_attempt", 6, "met")
    company.owe("first_attempt", 2, "breached")
    company.owe("cadence", 7, "met")
    company.owe("cadence", 1, "breached")
    company.owe("sql", 50, "breached")  # a result, not a duty

    assert list(duties_section(company.evidence()).sentences) == [
        "Of 26 things that marketing and sales owed because of these months, 4 were not done on time.",
        "Marketing: 1 of 10 (10.0%).",
        "Sales: 3 of 16 (18.8%).",
        'Missed most: "First contact attempt", 2 of 8 (25.0%).',
        "Nothing falls due within the next two business days.",
    ]


# The plan


def test_the_proposal_is_as_many_as_it_takes_and_no_more_than_a_limit_allows(company: Company) -> None:
    company.publish("mql_plan")
    company.add(
        "mql_plan",
        period=MARCH,
        required=120.4,
        required_low=100.2,
        required_high=150.9,
        affordable=110.7,
        expected=95.5,
        workable=180,
        proposal=110.7,
        binding="affordable",
        verdict="raise",
        reason="Because.",
    )

    section = plan_section(company.evidence())

    assert section.sentences == ["For March 2026: 110 MQLs.", "The number should be raised.", "Because."]
    assert only_table(section) == [
        ["Mar 2026", "121", "101", "151", "180", "110", "95", "110", "the budget", "raise"]
    ]


def plan_two_months(company: Company) -> None:
    company.publish("mql_plan")
    for period, required, verdict in ((MARCH, 112, "hold"), (date(2026, 4, 1), 77, "lower")):
        company.add(
            "mql_plan",
            period=period,
            required=required,
            proposal=required,
            binding="required",
            verdict=verdict,
            reason=f"Because of {required}.",
        )


def test_both_months_to_come_are_proposed_beside_the_verdict_with_the_first_one_s_reason(
    company: Company,
) -> None:
    plan_two_months(company)

    short = proposal_in_short(company.evidence())

    assert short.lines == (
        "For March 2026: 112 MQLs. The number should be held.",
        "For April 2026: 77 MQLs. The number should be lowered.",
    )
    assert short.reason == "Because of 112."


def test_the_plan_argues_both_months(company: Company) -> None:
    plan_two_months(company)

    assert plan_section(company.evidence()).sentences == [
        "For March 2026: 112 MQLs.",
        "The number should be held.",
        "Because of 112.",
        "For April 2026: 77 MQLs. The number should be lowered.",
        "Because of 77.",
    ]


def test_a_reason_in_another_language_than_the_page_s_is_left_out(company: Company) -> None:
    plan_two_months(company)

    assert proposal_in_short(company.evidence("es")).reason == ""


def test_without_a_proposal_the_reason_says_what_is_missing(company: Company) -> None:
    company.publish("mql_plan")
    company.add("mql_plan", period=MARCH, reason="No month is over.")

    section = plan_section(company.evidence())

    assert section.sentences == [
        "There is too little to go by for an MQL number for March 2026.",
        "No month is over.",
    ]
    assert section.charts == []


def test_an_old_review_has_no_plan_for_a_month_that_has_begun(company: Company) -> None:
    company.publish("mql_plan")
    company.add("mql_plan", period=date(2026, 9, 1), proposal=10, required=10)

    assert plan_section(company.evidence()).sentences == [
        "A number is proposed for months to come only; March 2026 has begun. The latest review has the next one."
    ]


def test_a_table_that_is_not_published_is_not_available_yet(company: Company) -> None:
    evidence = company.evidence()

    assert plan_section(evidence).sentences == ["The proposal for March 2026 is not available yet."]
    assert restatements_section(evidence).sentences == ["Which final figures changed is not available yet."]
    assert quality_section(evidence).sentences[-1] == "A list of data findings is not available yet."


# Restatements and data quality


def test_restatements_since_the_last_review_are_listed_with_their_causes(company: Company) -> None:
    company.publish("sla_restatements")
    restated = {
        "commitment_id": "first-response",
        "metric": "first_attempt_on_time_rate",
        "old_actual": 0.85,
        "new_actual": 0.91,
        "old_status": "missed",
        "new_status": "met",
        "causes": "correction, late record",
    }
    company.add(
        "sla_restatements", period=DECEMBER, published_at=datetime(2026, 1, 20, tzinfo=UTC), **restated
    )
    # published before the review's first month, and of a month after its second
    company.add(
        "sla_restatements", period=NOVEMBER, published_at=datetime(2025, 12, 20, tzinfo=UTC), **restated
    )
    company.add("sla_restatements", period=MARCH, published_at=datetime(2026, 4, 20, tzinfo=UTC), **restated)

    section = restatements_section(company.evidence())

    assert section.sentences == ["1 final figure changed since the last review.", "1 changed its verdict."]
    assert only_table(section) == [
        [
            "First contact attempt on time",
            "Dec 2025",
            "85.0%",
            "91.0%",
            "Missed",
            "Met",
            "a corrected record and a record that arrived late",
        ]
    ]


def test_no_restatement_is_said_to_be_none(company: Company) -> None:
    company.publish("sla_restatements")

    assert restatements_section(company.evidence()).sentences == [
        "None: every figure that was final at the last review still holds."
    ]


def test_the_footnote_counts_deliveries_and_rows(company: Company) -> None:
    company.publish("data_quality")
    company.add("extract_ledger", outcome="accepted", rows_read=100, rows_quarantined=3, rows_duplicate=2)
    company.add("extract_ledger", outcome="accepted", rows_read=50, rows_quarantined=0, rows_duplicate=0)
    company.add("extract_ledger", outcome="refused", rows_read=0)
    company.add(
        "data_quality",
        finding="leads_name_a_person",
        source="crm",
        object="leads",
        count=3,
        share=0.03,
        severity="warning",
        meaning="Leads: 3 of 100 rows; expected: no rows.",
    )

    section = quality_section(company.evidence())

    details = (
        "Which file, day or word each was found in, and what to do: table data_quality of the published warehouse, "
        "and published/checks.html."
    )
    assert section.sentences == [
        "2 deliveries of data were read: 150 rows, of which 3 could not be used and 2 were repeated.",
        "1 delivery was refused.",
        "The data checks have 1 finding. A finding is no accusation: it says where to look.",
        details,
    ]
    meaning = "Leads that name no contact and no e-mail: they hand off no MQL."
    assert only_table(section) == [["warning", meaning, "crm / leads", "3", "3.0%"]]


def test_a_finding_is_told_in_the_page_s_language_and_everywhere_is_no_place(company: Company) -> None:
    company.publish("data_quality")
    company.add("extract_ledger", outcome="accepted", rows_read=1, rows_quarantined=0, rows_duplicate=0)
    company.add(
        "data_quality",
        finding="rejections_without_attempt",
        source="(all)",
        object="leads",
        count=88,
        share=0.374,
        severity="note",
        meaning="88 of 235 rejected MQLs were rejected before anybody had tried to reach the person.",
    )

    ((severity, finding, place, cases, share),) = only_table(quality_section(company.evidence("es")))

    assert (severity, place, cases, share) == ("nota", "leads", "88", "37.4%")
    assert finding.startswith("MQL rechazados antes de que alguien intentara contactar a la persona.")
