"""A digest says the gravest first, in the reader's language, and names no person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from string import Formatter

import pytest

from dagster_project.alerts import (
    SALES,
    Fact,
    FailedCheck,
    LateExtract,
    Wording,
    check_facts,
    digest_of,
    late_facts,
    run_fact,
)
from dagster_project.sentences import LANGUAGES, read_sentences

ENGLISH = Wording("en", "USD", "America/New_York")
SPANISH = Wording("es", "MXN", "America/Mexico_City")
UNITS = {"first_attempt_on_time_rate": "share", "cost_per_mql": "money", "mqls_delivered": "count"}
NAMES = {
    "first_attempt_on_time_rate": "first attempts on time",
    "cost_per_mql": "cost per MQL",
    "first_attempt": "first contact attempt",
    "handoff": "hand-off",
    "rep_load": "load",
}


def status(state: str, actual: float | None = 0.825, metric: str = "first_attempt_on_time_rate") -> Fact:
    row = {
        "period": date(2026, 10, 1),
        "commitment_id": "answer",
        "metric": metric,
        "comparison": "at_least",
        "target": 0.9,
        "actual": actual,
    }
    return Fact("status", f"status/2026-10/{state}", state, (SALES,), row)


def due(person: str | None, rep: str | None, obligation: str = "first_attempt") -> Fact:
    row = {
        "obligation": obligation,
        "person_id": person,
        "rep_id": rep,
        "due_at": datetime(2026, 10, 5, 20, 30, tzinfo=UTC),
    }
    return Fact("due", f"due/{person}", "x", (SALES,), row)


def lines(*news: Fact, wording: Wording = ENGLISH) -> list[str]:
    digest = digest_of(news, "demo", wording, UNITS, NAMES)
    return digest.text.splitlines() if digest else []


def test_without_news_there_is_no_digest() -> None:
    assert digest_of([], "demo", ENGLISH, UNITS, NAMES) is None


def test_the_title_names_the_contract() -> None:
    digest = digest_of([status("met")], "demo", SPANISH, UNITS, NAMES)
    assert digest is not None
    assert digest.title == "Acuerdo demo: novedades"


def test_missed_comes_before_at_risk_and_that_before_met_with_figures() -> None:
    assert lines(status("met", 0.95), status("at_risk"), status("missed", 0.5)) == [
        "Missed: first attempts on time in October 2026 (answer): 50%, promised at least 90%.",
        "At risk: first attempts on time in October 2026 (answer): 82.5%, promised at least 90%.",
        "Met: first attempts on time in October 2026 (answer): 95%, promised at least 90%.",
    ]


def test_a_figure_that_there_isn_t_is_not_shown() -> None:
    assert lines(status("at_risk", None)) == [
        "At risk: first attempts on time in October 2026 (answer), promised at least 90%."
    ]


def test_what_is_due_stands_with_its_moment_in_the_contract_s_zone_and_ids_alone() -> None:
    assert lines(due("C1", "R1"), due("C2", None, "handoff"), due(None, "R2", "rep_load")) == [
        "3 obligations are about to fall due:",
        "- Mon 5 Oct, 16:30: first contact attempt, C1, rep R1",
        "- Mon 5 Oct, 16:30: hand-off, C2",
        "- Mon 5 Oct, 16:30: load, rep R2",
    ]


def test_a_long_list_is_cut_and_says_how_much_is_left() -> None:
    shown = lines(*(due(f"C{number}", "R1") for number in range(23)))
    assert (len(shown), shown[-1]) == (22, "- and 3 more")


def test_a_blocked_check_and_a_late_extract_come_first() -> None:
    checks = check_facts([FailedCheck("raw.rows", "Leads: no rows; expected: at least 1.")], [])
    late = late_facts([LateExtract("crm", "leads", date(2026, 10, 5))], datetime(2026, 10, 5, 4, tzinfo=UTC))
    assert lines(status("missed", 0.5), *late, *checks)[:5] == [
        "Nothing new was published: a check failed. What was published before stays as it is.",
        "- Leads: no rows; expected: at least 1. (raw.rows)",
        "",
        "Late: crm/leads has no usable extract of October 5, 2026 yet.",
        "Figures stand still at end of Sun 4 Oct until it is delivered.",
    ]


def test_a_failed_run_says_why() -> None:
    assert lines(run_fact(["No room is left."])) == ["The run failed: No room is left."]


def test_spanish_readers_read_spanish() -> None:
    assert lines(status("missed", 0.5), due("C1", "R1"), wording=SPANISH) == [
        "No cumplido: first attempts on time, octubre de 2026 (answer): 50%; se prometió al menos 90%.",
        "",
        "1 obligación está por vencer:",
        "- lun 5 oct, 14:30: first contact attempt, C1, vendedor R1",
    ]


sentences = partial(read_sentences, Wording.FOLDER)


@pytest.mark.parametrize("name", sentences("en"))
def test_a_sentence_is_in_both_languages_and_needs_the_same_values(name: str) -> None:
    needed = set()
    for language in LANGUAGES:
        text = sentences(language)[name]
        for form in [text] if isinstance(text, str) else text.values():
            needed.add(frozenset(value for _, value, _, _ in Formatter().parse(form) if value))
    assert len(needed) == 1
    assert set(sentences("es")) == set(sentences("en"))
