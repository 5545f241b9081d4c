"""The sections on what changed since, and on the data behind a page."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dagster_project.review.sections.quality import quality_section
from dagster_project.review.sections.restatements import restatements_section
from tests.unit.review.tables import only_table
from tests.unit.review.warehouse import JANUARY, MARCH, Company

NOVEMBER, DECEMBER = date(2025, 11, 1), date(2025, 12, 1)


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

    assert section.sentences == [
        "1 final figure changed since the last review.",
        "1 changed its verdict.",
        (
            "First contact attempt on time, December 2025: “Missed” before, “Met” now "
            "(a corrected record and a record that arrived late)."
        ),
    ]
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


def test_of_many_changed_verdicts_the_first_three_are_told(company: Company) -> None:
    company.publish("sla_restatements")
    for number in range(5):
        company.add(
            "sla_restatements",
            commitment_id=f"promise-{number}",
            period=JANUARY,
            metric="first_attempt_on_time_rate",
            published_at=datetime(2026, 2, 20, tzinfo=UTC),
            old_status="met",
            new_status="missed" if number < 4 else "met",
            causes="deletion",
        )

    sentences = restatements_section(company.evidence()).sentences

    told = "First contact attempt on time, January 2026: “Met” before, “Missed” now (a deleted record)."
    assert sentences == [
        "5 final figures changed since the last review.",
        "4 changed their verdicts.",
        *[told] * 3,
        "And 1 more, in the table.",
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

    assert (severity, place, cases, share) == ("nota", "Prospectos", "88", "37.4%")
    assert finding.startswith("MQL rechazados antes de que alguien intentara contactar a la persona.")
