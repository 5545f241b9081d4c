"""Whatever may be found has its words, in both languages."""

from __future__ import annotations

import pytest

from dagster_project.decisions.gaming import DETECTORS
from dagster_project.extracts import FINDING_KINDS
from dagster_project.findings.oddities import MEANINGS
from dagster_project.findings.tables import SEVERITIES
from dagster_project.review.findings import FAMILIES, OF_A_TABLE, finding_sentence, sentence_name
from dagster_project.review.wording import Wording
from dagster_project.sentences import LANGUAGES, read_sentences
from data_checks import GATES, Check, Severity

ENGLISH, SPANISH = (Wording(language, "MXN", "America/Mexico_City") for language in ("en", "es"))
CHECKS: dict[str, tuple[str, Check]] = {
    check.id: (gate, check) for gate, suites in GATES.items() for suite in suites for check in suite.checks
}
FOUND = (*FINDING_KINDS, *DETECTORS, *MEANINGS, "data_checks_passed", *CHECKS)


def test_there_is_much_that_may_be_found() -> None:
    assert len(set(FOUND)) == len(FOUND) > 150


@pytest.mark.parametrize("finding", FOUND)
def test_every_finding_and_check_is_told_in_both_languages(finding: str) -> None:
    english, spanish = (finding_sentence(wording, finding) for wording in (ENGLISH, SPANISH))
    assert english != spanish
    assert all(sentence.endswith(".") for sentence in (english, spanish))


@pytest.mark.parametrize("wording", [ENGLISH, SPANISH], ids=LANGUAGES)
def test_only_checks_of_the_project_s_own_tables_share_one_sentence(wording: Wording) -> None:
    sharing = [finding for finding in FOUND if sentence_name(wording, finding) == OF_A_TABLE]
    assert {CHECKS[finding][0] for finding in sharing} == {"marts", "attainment", "findings"}
    assert {CHECKS[finding][1].severity for finding in sharing} == {Severity.ERROR}
    # which of them it was is said all the same
    assert all(finding in finding_sentence(wording, finding) for finding in sharing)


@pytest.mark.parametrize("wording", [ENGLISH, SPANISH], ids=LANGUAGES)
def test_every_severity_has_a_word(wording: Wording) -> None:
    assert {*SEVERITIES, *Severity} == set(SEVERITIES)
    assert all(wording.say(f"severity.{severity}") for severity in SEVERITIES)


def test_no_sentence_is_of_something_that_can_t_be_found() -> None:
    named = {
        name.removeprefix("finding.")
        for name in read_sentences(Wording.FOLDER, "en")
        if name.startswith("finding.")
    }
    assert named - {*FOUND} == {OF_A_TABLE, *(name for _, name in FAMILIES)}
