"""The sections on reps, campaigns and what was owed, with figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dagster_project.review.sections.campaigns import campaigns_section
from dagster_project.review.sections.duties import duties_section
from dagster_project.review.sections.reps import reps_section
from tests.unit.review.tables import only_table, texts
from tests.unit.review.warehouse import FEBRUARY, HOUR, JANUARY, Company

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
