"""What a result says and shows: numbers and ids, nothing personal; and when it forbids publishing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from data_checks import (
    ALL_SUITES,
    CheckResult,
    Severity,
    check_markdown,
    check_page,
    reasons_not_to_publish,
)
from data_checks.marts.attainment import SLA_ATTAINMENT
from data_checks.marts.findings import DATA_QUALITY
from data_checks.marts.people import DIM_PEOPLE
from data_checks.raw.contacts import CONTACTS
from data_checks.raw.touches import TOUCHES
from data_checks.results import HIDDEN_KEY, shown_key
from tests.unit.data_checks.conftest import Run

# Contacts whose ids are e-mails and phone numbers, and who have no e-mail of their own.
PERSONAL_IDS = """
    update raw.standard_contacts set email = null;
    update raw.standard_contacts set contact_id = 'ana.torres@acme.example' where contact_id = 'c000';
    update raw.standard_contacts set contact_id = '+52 55 1234 5678' where contact_id = 'c001'
"""


def test_a_sample_shows_no_id_that_is_an_email_or_a_phone_number(run: Run) -> None:
    result = run(PERSONAL_IDS, [CONTACTS])["contacts_mostly_have_an_email"]
    assert result.sample == (HIDDEN_KEY, HIDDEN_KEY, "c002", "c003", "c004")
    assert "Torres" not in str(result).title()


def test_no_result_of_a_thoroughly_broken_warehouse_holds_an_email_or_a_name(run: Run) -> None:
    broken = f"""
        {PERSONAL_IDS};
        update raw.standard_users set user_name = 'Ana Torres', ended_on = '2020-01-01';
        update raw.standard_leads set email = 'ana.torres@acme.example', updated_at = '2020-01-01';
        update marts.dim_people set country = 'ana.torres@acme.example', email_hash = 'ana.torres@acme.example';
        update marts.fct_mqls set rejection_reason = 'call Ana Torres, +52 55 1234 5678',
            rep_id = 'ana.torres@acme.example'
    """
    results = run(broken)
    assert sum(not result.passed for result in results.values()) > 5
    shown = "\n".join(str(result) for result in results.values()) + check_page(
        list(results.values()), "Broken"
    )
    for personal in ("torres", "acme", "1234 5678"):
        assert personal not in shown.lower()


def test_a_long_or_unprintable_key_is_cut_and_escaped() -> None:
    assert shown_key("a\n\u202eb") == "a\\n\\u202eb"
    assert shown_key("x" * 80) == "x" * 80
    assert shown_key("x" * 81) == "x" * 79 + "…"


def test_ids_made_of_digits_are_shown() -> None:
    for key in ("173688", "0055g00000ABCDE", "crm leads 2026-02-27", "12345678901", "m00002 2026-01-01 1"):
        assert shown_key(key) == key


@pytest.mark.parametrize(
    "text",
    [
        "+525512345678",
        "+52 (55) 1234-5678",
        "55 1234 5678",
        "(555) 123-4567",
        "tel. 555-123-4567!",
        "912 345 678",
        "01.23.45.67.89",
    ],
)
def test_what_people_write_as_a_phone_number_is_found(text: str, run: Run) -> None:
    sql = f"update marts.dim_people set industry = '{text}' where person_id = 'c117'"
    assert not run(sql, [DATA_QUALITY])["no_text_of_the_marts_looks_like_a_phone_number"].passed


def test_dates_ids_and_names_are_not_taken_for_phone_numbers(run: Run) -> None:
    texts = [
        "Black Friday 2026-11-27",
        "2026-01-01 2026-06-30",
        "1767225600000",
        "0065g00000XyZ12",
        "Q1-2026",
        "12.345.678",
        "1000-4999",
        "deal 2026-0042",
        "1.000.000.000",
        "2026.01.01",
        "5d1c0a70-0000-4000-8000-000000000001",
    ]
    values = " ".join(f"when 'c{number:03}' then '{text}'" for number, text in enumerate(texts))
    results = run(
        f"update marts.dim_people set industry = case person_id {values} else industry end", [DATA_QUALITY]
    )
    assert results["no_text_of_the_marts_looks_like_a_phone_number"].passed


def test_a_table_that_nobody_thought_of_is_looked_at_for_personal_data_too(run: Run) -> None:
    sql = "create table marts.new_table as select ['ana@acme.example'] as \"people's e-mails\""
    result = run(sql, [DATA_QUALITY])["no_text_of_the_marts_looks_like_an_email"]
    assert result.sample == ("new_table.people's e-mails",)


def test_a_missing_table_fails_its_checks_and_no_others(run: Run) -> None:
    results = run("drop table marts.sla_attainment", [SLA_ATTAINMENT, DIM_PEOPLE])
    of_the_table = {check.id for check in SLA_ATTAINMENT.checks}
    assert {result.check_id for result in results.values() if not result.passed} == of_the_table
    result = results["rates_lie_between_0_and_1"]
    assert result.problem == "Catalog Error: Table with name sla_attainment does not exist."
    assert result.sentence == f"This could not be checked: {result.problem}"
    assert (result.observed, result.failing, result.sample) == (None, None, ())
    assert result.is_blocking


def test_an_error_that_could_quote_data_is_not_shown(run: Run) -> None:
    sql = """
        alter table marts.sla_attainment alter period type varchar;
        update marts.sla_attainment set period = 'ana@acme.example'
    """
    result = run(sql, [SLA_ATTAINMENT])["every_commitment_has_a_row_in_every_period"]
    assert result.problem == "DuckDB could not run it."


def test_sentences_say_what_was_found_what_was_expected_and_what_to_do(run: Run) -> None:
    results = run("update raw.standard_touches set touch_type = 'Seen' where contact_id < 'c006'", [TOUCHES])
    # 60 of 1,180 = 5.0847… %
    failed = results["touch_types_are_known"].sentence
    assert failed.startswith(
        "Touches: 60 of 1180 rows (5.08 %); expected: at most 5 % of the rows. touch_type has words"
    )
    assert results["touches_are_of_known_contacts"].sentence == (
        "Touches: 0 of 1180 rows; expected: at most 20 % of the rows."
    )


def result(check_id: str, passed: bool, severity: Severity = Severity.ERROR) -> CheckResult:
    return CheckResult(
        check_id,
        "fct_mqls",
        "marts.fct_mqls",
        severity,
        passed,
        1.0,
        "1 row",
        0.0,
        "no rows",
        1,
        60,
        ("c059 1",),
        "One.",
    )


def good_results() -> list[CheckResult]:
    return [result(check.id, True) for suite in ALL_SUITES for check in suite.checks]


def test_good_results_let_publish() -> None:
    assert reasons_not_to_publish(good_results(), ALL_SUITES) == []


def test_a_failed_error_forbids_publishing_and_a_failed_warning_does_not() -> None:
    results = good_results()
    results[0] = replace(results[0], passed=False, severity=Severity.WARNING)
    results[1] = replace(results[1], passed=False)
    assert reasons_not_to_publish(results, ALL_SUITES) == [
        f"{results[1].check_id}: One.\n  for example: c059 1"
    ]


def test_a_check_that_was_not_run_forbids_publishing() -> None:
    results = good_results()
    missing = results.pop().check_id
    assert reasons_not_to_publish(results, ALL_SUITES) == [
        f"Not run for these tables as they are now: {missing}. Run the data checks again."
    ]
    (reason,) = reasons_not_to_publish([], ALL_SUITES)
    assert f"and {len(results) + 1 - 5} more" in reason


def test_the_page_shows_what_blocks_first_and_escapes_everything() -> None:
    hostile = replace(
        result("there_are_mqls", False), sample=("<script>alert(1)</script>",), sentence="<b>No</b> MQL."
    )
    warning = replace(result("volumes_do_not_collapse", False, Severity.WARNING), sentence="Few rows.")
    page = check_page([result("there_are_reps", True), warning, hostile], 'As of "2026-02-28" <i>')
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;No&lt;/b&gt; MQL." in page
    assert "As of &#34;2026-02-28&#34; &lt;i&gt;" in page
    assert "1 error blocks everything downstream" in page
    assert page.index("There are MQLs") < page.index("Volumes do not collapse") < page.index("There are reps")


def test_the_page_needs_no_network() -> None:
    page = check_page([result("there_are_reps", True)], "As of 2026-02-28")
    assert "No error: nothing is blocked." in page
    for reference in ("http:", "https:", "src=", "href=", "@import", "url("):
        assert reference not in page
    assert "default-src 'none'" in page


def test_the_results_as_markdown_begin_with_what_blocks() -> None:
    split = replace(result("there_are_reps", True), observed_text="3 | 4 rows")
    warning = result("volumes_do_not_collapse", False, Severity.WARNING)
    text = check_markdown([split, warning, result("there_are_mqls", False)])
    first, _, _, _, *rows = text.splitlines()
    assert first == "**Errors: 1, warnings: 1, passed: 1**"
    assert [row.split(" | ")[:2] for row in rows] == [
        ["| There are MQLs", "**error**"],
        ["| Volumes do not collapse", "*warning*"],
        ["| There are reps", "passed"],
    ]
    assert "3 \\| 4 rows" in rows[2]


def test_an_empty_list_makes_a_page_too() -> None:
    assert "0 warnings, 0 passed" in check_page([], "Nothing was run")


def test_the_company_has_no_view_of_its_own(company: Path) -> None:
    with duckdb.connect(company, read_only=True) as connection:
        assert connection.execute("select count(*) from duckdb_views() where not internal").fetchall() == [
            (0,)
        ]
