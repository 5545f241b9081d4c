"""What is found in the deliveries in force and in a finished build, and that it is the same however it was read."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from dagster_project.extracts import Finding, quarantine_counts, standing_findings
from dagster_project.findings import oddities
from tests.scenarios.history import ROSA, History
from tests.scenarios.results import run
from tests.unit.extracts.deliveries import Deliveries

HEADER = "touch_id,contact_id,occurred_at,touch_type\n"


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    """Four days of touches: a good one, one with bad rows and unknown words, an empty file, and one after a gap that
    has a new column."""
    crm = Deliveries(tmp_path)
    crm.deliver("touches", "2026-01-01.csv", HEADER + "t1,k1,2026-01-01,page_view\n")
    pigeons = "".join(f"p{number},k1,2026-01-02,carrier_pigeon\n" for number in range(10))
    spoken = "q1,k1,2026-01-02,told Ana Torres\n"
    crm.deliver("touches", "2026-01-02.csv", HEADER + pigeons + spoken + "t2,k1,never,page_view\nt3,k1\n")
    crm.deliver("touches", "2026-01-03.csv", "")
    crm.deliver("touches", "2026-01-05.csv", HEADER.strip() + ",note\nt5,k1,2026-01-05,page_view,x\n")
    crm.deliver("touches", "notes.txt", "not an extract")
    crm.ingest("touches")
    return crm


def found(crm: Deliveries, as_of: date | None = None) -> dict[str, Finding]:
    findings = standing_findings(crm.home, crm.extracts, crm.sources, as_of)
    assert len({finding.kind for finding in findings}) == len(findings)
    return {finding.kind: finding for finding in findings}


def test_everything_worth_knowing_of_the_deliveries_in_force_is_found(crm: Deliveries) -> None:
    findings = found(crm)
    assert {kind: (finding.count, str(finding.severity)) for kind, finding in findings.items()} == {
        "refused_file": (1, "error"),
        "missing_days": (2, "warning"),  # the refused third, and the fourth
        "schema_drift": (1, "warning"),
        "quarantined_ragged_row": (1, "warning"),
        "quarantined_unreadable_value": (1, "warning"),
        "unknown_words": (11, "warning"),
        "unexpected_entry": (1, "warning"),
    }
    assert "2026-01-03 to 2026-01-04" in findings["missing_days"].message
    assert findings["quarantined_ragged_row"].looked_at == 1 + 13 + 1


def test_a_word_of_few_rows_may_be_about_somebody_and_is_counted_but_not_shown(crm: Deliveries) -> None:
    message = found(crm)["unknown_words"].message
    assert message.startswith("11 rows of crm/touches have an unknown touch_type")
    assert "carrier_pigeon (10)" in message
    assert "torres" not in message.lower()


def test_the_findings_are_the_same_after_everything_was_read_again(crm: Deliveries) -> None:
    before, counts = found(crm), quarantine_counts(crm.home, crm.sources, None)
    for zone in ("raw", "quarantine", "ledger"):
        shutil.rmtree(crm.home / zone)
    crm.ingest("touches", "run-2")
    assert found(crm) == before
    assert quarantine_counts(crm.home, crm.sources, None) == counts
    assert [(reason, rows) for *_, reason, rows in counts] == [("ragged_row", 1), ("unreadable_value", 1)]


def test_a_corrected_delivery_ends_its_findings(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-02.csv", HEADER + "t2,k1,2026-01-02,page_view\n")
    crm.deliver("touches", "2026-01-03.csv", HEADER)
    crm.ingest("touches", "run-2")
    assert set(found(crm)) == {"missing_days", "schema_drift", "unexpected_entry"}
    assert quarantine_counts(crm.home, crm.sources, None) == []


def test_an_as_of_run_finds_what_was_known_then(crm: Deliveries) -> None:
    assert set(found(crm, date(2026, 1, 1))) == {"unexpected_entry"}


def test_a_deleted_person_of_whom_a_rep_had_a_lead_is_found_and_one_of_a_queue_is_not() -> None:
    history = History()
    history.mql("eva", "2026-01-12 10:00", "2026-01-12 11:00")
    for name in ("ana", "luis"):
        history.mql(name, "2026-01-12 10:00", "2026-01-12 11:00" if name == "ana" else None)
        history.people[name].has("2026-02-01 10:00", is_deleted="true")
    with run(history) as results:
        (found,) = oddities(results.result.connection)
    assert (found.finding, found.count, found.looked_at) == ("deleted_people_handed_off", 1, 2)
    assert found.meaning.endswith("For example: ana.")


def test_an_opportunity_before_the_hand_off_is_found_and_one_in_an_mqls_span_is_not() -> None:
    history = History()
    ana = history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00", rep=ROSA)
    early = ana.opportunity("2026-01-12 10:30")
    ana.opportunity("2026-01-12 11:00")
    history.mql("luis", "2026-01-12 10:00").opportunity("2026-01-12 09:00")  # never handed off
    with run(history) as results:
        (found,) = oddities(results.result.connection)
    assert (found.finding, found.count, found.looked_at) == ("opportunities_before_handoff", 1, 2)
    assert found.meaning.endswith(f"For example: {early}.")
