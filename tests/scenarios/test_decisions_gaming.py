"""Patterns that a promise invites, found and worded as questions."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from dagster_project.decisions.gaming import DETECTORS, GamingFinding, gaming_findings
from dagster_project.decisions.wording import Wording
from dagster_project.sentences import LANGUAGES
from tests.pipeline import Result, build
from tests.scenarios.history import QUEUE, RAUL, History

# Handed off on Tuesday at 9:00, a disposition is due after 16 business hours: two days, so on Wednesday at 17:00, which
# lasts until Thursday's opening. The last tenth begins 1.6 hours before: at 15:24.
HANDED_OFF, IN_THE_LAST_TENTH, JUST_BEFORE_IT = "2026-01-13 09:00", "2026-01-14 15:24", "2026-01-14 15:23:59"


def a_history() -> History:
    history = History(through="2026-03-31")

    # dispositions: twelve made on time, ten of them in the last tenth
    for number in range(12):
        at = IN_THE_LAST_TENTH if number < 10 else JUST_BEFORE_IT
        history.mql(f"disposed-{number:02d}", HANDED_OFF, handed_off=HANDED_OFF).calls(
            "2026-01-13 10:00"
        ).status(at, "Working")

    # rejections: called before, called at that instant, heard of before; called after, never called
    for name in ("called", "called-then", "answered", "called-later", "never-called"):
        person = history.mql(f"rejected-{name}", HANDED_OFF, handed_off=HANDED_OFF)
        person.status("2026-01-13 11:00", "Rejected")
        if name == "answered":
            person.activity("2026-01-13 10:00", "email", direction="inbound")
        elif name != "never-called":
            calls = {"called": "10:30", "called-then": "11:00", "called-later": "11:01"}
            person.calls(f"2026-01-13 {calls[name]}", by=RAUL)

    # breaches: handed on before the deadline of four business hours, after it, and to nobody else
    for name, at, owner in (
        ("handed-on", "2026-02-10 12:00", RAUL),
        ("handed-on-late", "2026-02-18 12:00", RAUL),
        ("back-to-the-queue", "2026-02-10 12:00", QUEUE),
    ):
        history.mql(f"breached-{name}", "2026-02-10 09:00", handed_off="2026-02-10 09:00").owner(at, owner)
    history.mql("breached-kept", "2026-02-10 09:00", handed_off="2026-02-10 09:00")

    # calls: two of Rosa's at one instant, one of Raúl's at the same
    worked = history.person("worked")
    worked.calls("2026-01-20 10:00", "2026-01-20 10:00").calls("2026-01-20 10:00", by=RAUL)
    worked.activity("2026-01-20 10:00", "email")

    # statuses: ten leads within a minute around each other, and nine
    for number in range(19):
        minute, second = ("10:00", number * 3) if number < 10 else ("12:00", number)
        history.lead("2026-01-05 10:00", f"lead-edited-{number:02d}", status="New").status(
            f"2026-01-21 {minute}:{second:02d}", "Open", history_id=f"edit-{number:02d}"
        )

    # the last three business days of March are the 27th, the 30th and the 31st
    for number in range(10):
        history.mql(f"late-in-march-{number}", "2026-03-27 09:30", handed_off="2026-03-27 09:30")
    return history


@pytest.fixture(scope="module")
def result() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        a_history().write(Path(folder))
        result = build(Path(folder), Path(folder) / "home")
        yield result
        result.connection.close()


@pytest.fixture(scope="module")
def findings(result: Result) -> Mapping[str, GamingFinding]:
    found = gaming_findings(result.connection, Wording("en", "MXN"))
    return {finding.finding: finding for finding in found}


def test_every_detector_finds_its_pattern(findings: Mapping[str, GamingFinding]) -> None:
    assert set(findings) == set(DETECTORS)
    for finding in findings.values():
        assert finding.share == Fraction(finding.count, finding.looked_at)
        assert len(finding.cases) == min(finding.count, 20)


def test_dispositions_crowded_before_their_deadline(findings: Mapping[str, GamingFinding]) -> None:
    finding = findings["dispositions_before_deadline"]
    # the five rejections were made on time as well, and early
    assert (finding.count, finding.looked_at) == (10, 17)
    assert finding.cases == tuple(f"disposed-{number:02d} 1" for number in range(10))
    assert finding.usual_share == pytest.approx(0.1)


def test_rejections_without_an_attempt(findings: Mapping[str, GamingFinding]) -> None:
    finding = findings["rejections_without_attempt"]
    assert (finding.count, finding.looked_at) == (2, 5)
    assert finding.cases == ("rejected-called-later 1", "rejected-never-called 1")


def test_owner_changes_before_a_breach(findings: Mapping[str, GamingFinding]) -> None:
    cases = findings["owner_changes_before_breach"].cases
    # response was due at 13:00, the disposition on the next day's end, the cadence on the third day's
    assert [case for case in cases if case.startswith("first_attempt")] == [
        "first_attempt breached-back-to-the-queue 1",
        "first_attempt breached-handed-on 1",
    ]
    assert not [case for case in cases if "kept" in case or "late" in case]


def test_calls_at_one_instant(result: Result, findings: Mapping[str, GamingFinding]) -> None:
    finding = findings["calls_at_one_instant"]
    at_one_instant = result.rows(
        """
        select activity_id from staging.stg_activities
        where user_id = 'rosa' and activity_type = 'call' and contact_id = 'worked' order by activity_id
        """
    )
    assert [case for case in finding.cases if (case,) in at_one_instant] == [
        case for (case,) in at_one_instant
    ]


def test_bulk_status_edits(findings: Mapping[str, GamingFinding]) -> None:
    edits = [case for case in findings["bulk_status_edits"].cases if case.startswith("edit-")]
    assert edits == [f"edit-{number:02d}" for number in range(10)]


def test_mqls_crowded_at_the_period_s_end(findings: Mapping[str, GamingFinding]) -> None:
    finding = findings["mqls_at_period_end"]
    assert finding.cases == tuple(f"late-in-march-{number} 1" for number in range(10))
    # three of some twenty business days
    assert finding.usual_share is not None
    assert 0.12 < finding.usual_share < 0.16


def test_a_crowd_that_an_even_spread_would_give_is_no_finding(result: Result) -> None:
    result.connection.execute(
        """
        create temp table spread as
        select 'a' as case_id, number < 15 as is_found, 0.1 as usual_share from range(100) as numbers (number)
        """
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(DETECTORS, "mqls_at_period_end", "select * from spread")
        patched.setitem(DETECTORS, "calls_at_one_instant", "select * from spread where not is_found")
        found = {finding.finding for finding in gaming_findings(result.connection, Wording("en", "MXN"))}
    assert found == set(DETECTORS) - {"mqls_at_period_end", "calls_at_one_instant"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_says_what_may_be_harmless_about_it_and_names_nobody(result: Result, language: str) -> None:
    for finding in gaming_findings(result.connection, Wording(language, "MXN")):
        assert finding.meaning.count(".") >= 2
        assert not re.search(r"\b(rosa|raul|fraud|cheat|trampa|fraude)\b", finding.meaning, re.IGNORECASE)
