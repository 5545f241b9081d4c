"""The plan on a page, with figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dagster_project.review.proposal import proposal_in_short
from dagster_project.review.sections.plan import plan_section
from dagster_project.review.sections.quality import quality_section
from dagster_project.review.sections.restatements import restatements_section
from tests.unit.review.tables import only_table
from tests.unit.review.warehouse import MARCH, Company


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


def test_months_that_have_begun_since_keep_what_was_last_proposed_for_them(company: Company) -> None:
    plan_two_months(company)
    company.connection.execute("delete from marts.mql_plan where period = date '2026-03-01'")  # it has begun
    company.publish("mql_plan_history")
    for day, required, verdict in ((1, 130, "raise"), (20, 112, "not_more")):
        company.add(
            "mql_plan_history",
            period=MARCH,
            required=required,
            proposal=required,
            verdict=verdict,
            reason=f"Because of {required} then.",
            complete_through=datetime(2026, 2, day, 6, tzinfo=UTC),
            published_at=datetime(2026, 2, day, 12, tzinfo=UTC),
        )
    # the first of them was proposed again since, with another number
    company.add(
        "mql_plan_history",
        period=date(2026, 4, 1),
        proposal=99,
        required=99,
        complete_through=datetime(2026, 2, 1, 6, tzinfo=UTC),
        published_at=datetime(2026, 2, 1, 12, tzinfo=UTC),
    )

    evidence = company.evidence()

    known_then = (
        "This was proposed on what was known through the end of February 19, 2026. The number proposed now is in the "
        "latest review."
    )
    assert plan_section(evidence).sentences == [
        "For March 2026: 112 MQLs.",
        "Not more MQLs for now: follow-up is the bottleneck.",
        "Because of 112 then.",
        "For April 2026: 77 MQLs. The number should be lowered.",
        "Because of 77.",
        known_then,
    ]
    assert proposal_in_short(evidence).reason == "Because of 112 then."


def test_a_table_that_is_not_published_is_not_available_yet(company: Company) -> None:
    evidence = company.evidence()

    assert plan_section(evidence).sentences == ["The proposal for March 2026 is not available yet."]
    assert restatements_section(evidence).sentences == ["Which final figures changed is not available yet."]
    assert quality_section(evidence).sentences[-1] == "A list of data findings is not available yet."
