"""What is said of a vendor's word that nothing gives a meaning to."""

from __future__ import annotations

from dagster_project.extracts.findings import Severity
from dagster_project.extracts.unmapped import UnmappedWord, setting_line, unmapped_findings

FORM = UnmappedWord("marketing", "form_submissions", "content_types", "5d1c", "Descargar la guía", 12, 30)


def test_a_finding_says_how_often_a_word_occurs_and_the_line_that_would_map_it() -> None:
    (finding,) = unmapped_findings([FORM])
    assert (finding.kind, finding.source, finding.object) == (
        "unmapped_content_types",
        "marketing",
        "form_submissions",
    )
    assert (finding.count, finding.looked_at, finding.severity) == (12, 30, Severity.WARNING)
    assert finding.message.startswith("12 of 30 rows of marketing/form_submissions say a word")
    line = '"5d1c": <what it is about> (Descargar la guía, 12 rows)'
    assert f"in sources.yml under sources.marketing.content_types: {line}." in finding.message


def test_the_line_lists_what_a_word_may_mean_and_never_chooses() -> None:
    word = UnmappedWord("crm", "tasks", "dispositions", 'Dijo "no"', None, 1, 1)
    line = '"Dijo \\"no\\"": <connected, no_answer, voicemail, bounced, replied>'
    assert setting_line(word) == line


def test_a_department_is_a_line_of_a_list_and_may_rightly_be_no_sales() -> None:
    word = UnmappedWord("crm", "users", "sales_departments", "marketing", None, 3, 3)
    assert setting_line(word) == '- "marketing"'
    assert unmapped_findings([word])[0].severity is Severity.NOTE


def test_words_of_one_setting_are_one_finding_and_the_rarest_are_only_counted() -> None:
    words = [FORM._replace(word=f"page-{number:02}", occurrences=100 - number) for number in range(23)]
    (finding,) = unmapped_findings(reversed(words))
    assert finding.count == sum(range(78, 101))
    assert finding.message.index("page-00") < finding.message.index("page-19")
    assert "page-20" not in finding.message
    assert finding.message.endswith("; and 3 more, rarer ones.")
