"""What was found, as it is published: nothing that was found is left out, and nothing personal is in any table."""

from __future__ import annotations

from ..checks import RowCount, Severity, Suite
from .common import as_many_as, must_not, none_such, one_row_per_key
from .personal_data import NO_PERSONAL_DATA

DATA_QUALITY = Suite(
    name="data_quality",
    table="marts.data_quality",
    title="Findings",
    checks=(
        RowCount(
            id="findings_say_at_least_how_many_checks_passed",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "The table of findings is empty, and it never is: it always says how many data checks passed. Nothing "
                "has been published. Run everything again."
            ),
        ),
        one_row_per_key("data_quality", "finding", "source", "object"),
        must_not(
            "findings_are_told_in_known_words",
            """
                severity is null or severity not in ('error', 'warning', 'note')
                or meaning is null or meaning = '' or count is null or count < 0
                or not coalesce(share between 0 and 1, true)
            """,
            ("finding", "source", "object"),
            "These findings have no meaning, an unknown severity, or a share below 0 or above 1.",
        ),
        none_such(
            "every_failed_check_is_among_the_findings",
            """
                select check_id
                from checks.results
                where not passed and check_id <> 'results_are_complete_through_a_recent_day'
                except
                select finding from marts.data_quality
            """,
            "These checks failed, and the findings don't say so.",
        ),
        as_many_as(
            "every_refused_file_is_among_the_findings",
            "refused files",
            "select coalesce(sum(count), 0) from marts.data_quality where finding = 'refused_file'",
            """
                select count(*)
                from raw.extract_ledger
                cross join raw.as_of as as_of
                where
                    outcome = 'refused' and is_in_force and source in (select source from raw.sources)
                    and (as_of.as_of_date is null or extract_date <= as_of.as_of_date)
            """,
        ),
        *NO_PERSONAL_DATA,
    ),
)

QUARANTINE_SUMMARY = Suite(
    name="quarantine_summary",
    table="marts.quarantine_summary",
    title="Quarantine",
    checks=(
        as_many_as(
            "the_quarantine_holds_the_rows_that_the_ledger_set_aside",
            "rows in quarantine",
            "select coalesce(sum(rows), 0) from marts.quarantine_summary",
            "select coalesce(sum(rows_quarantined), 0) from deliveries_in_force",
        ),
        one_row_per_key("quarantine_summary", "source", "object", "extract_date", "reason"),
    ),
)
