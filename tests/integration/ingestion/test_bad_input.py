"""What bad input gets: the table of docs/extracts.md, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_FOLDER
from tests.integration.ingestion import bad_files, bad_rows
from tests.integration.ingestion.case import Case
from tests.unit.extracts.deliveries import Deliveries

CASES = [*bad_files.cases(), *bad_rows.cases()]
PAGE = PROJECT_FOLDER / "docs" / "extracts.md"
# Lines of the table that are about more than what lies in a folder, and where they are tested.
TESTED_ELSEWHERE = {
    "a file that is still being written": "test_landing_folder.py",
    "more than `max_quarantined_share`": "the data checks",
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_input_gets_what_the_table_says(case: Case, tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, **case.settings)
    folder = crm.extracts / "crm" / case.object
    folder.mkdir(parents=True)
    for file_name, content in case.before:
        crm.deliver(case.object, file_name, content)
        crm.ingest(case.object)
    for file_name, content in case.files:
        crm.deliver(case.object, file_name, content)
    if case.prepare is not None:
        case.prepare(folder)

    report = crm.ingest(case.object)

    assert tuple(outcome for _, _, outcome in crm.outcomes(case.object)) == case.outcomes
    assert len(crm.accepted(case.object, "_line")) == case.accepted
    if case.contact_ids:
        assert tuple(each for (each,) in crm.accepted(case.object, "contact_id")) == case.contact_ids
    assert tuple(crm.quarantined(case.object)) == case.quarantined
    said = "\n".join(finding.message for finding in report.findings)
    assert [words for words in case.told if words not in said] == []
    assert_nothing_is_lost(crm, case.object)
    assert crm.ingest(case.object).deliveries == ()  # and there is nothing more to do about it


def assert_nothing_is_lost(crm: Deliveries, object_name: str) -> None:
    """Every delivery is archived as it came, and all of its rows are accounted for."""
    for row in crm.ledger(object_name):
        assert (crm.home / "archive" / row["sha256"][:2] / row["sha256"]).stat().st_size == row["size_bytes"]
        assert row["rows_read"] == row["rows_accepted"] + row["rows_quarantined"]
        if row["outcome"] == "refused":
            assert (row["rows_read"], row["raw_path"], row["quarantine_path"]) == (0, None, None)
    assert [path for path in crm.home.rglob("*.tmp") if path.is_file()] == []


def test_every_line_of_the_page_is_tested_and_every_case_is_on_the_page() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## What bad input gets")[2].partition("\n## ")[0]
    on_the_page = [line.removeprefix("| ") for line in table.splitlines() if line.startswith("| ")][2:]
    tested = [*dict.fromkeys(case.line for case in CASES), *TESTED_ELSEWHERE]
    assert [line for line in on_the_page if not line.startswith(tuple(tested))] == []
    assert [line for line in tested if not any(shown.startswith(line) for shown in on_the_page)] == []
