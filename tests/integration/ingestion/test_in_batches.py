"""Many files are read a batch at a time: nothing may depend on where one batch ends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from dagster_project.extracts import ingest, ingest_object, load_sources

SOURCES = "sources:\n  crm: {family: standard, currency: MXN}\n"
HEADER = "opportunity_id,created_at,updated_at,contact_id,amount,is_closed,is_won\n"


def test_files_beyond_the_first_batch_are_read_like_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "FILES_AT_ONCE", 2)
    (tmp_path / "sources.yml").write_text(SOURCES)
    folder = tmp_path / "extracts" / "crm" / "opportunities"
    folder.mkdir(parents=True)
    for day in range(1, 6):
        row = f"o{day},2026-01-0{day},2026-01-0{day},c1,-5,false,false\n"
        (folder / f"2026-01-0{day}.csv").write_text(HEADER + row)
    report = ingest_object(
        tmp_path / "home", tmp_path / "extracts", load_sources(tmp_path / "sources.yml")["crm"],
        "opportunities", "MXN", "run", datetime(2026, 2, 1),
    )  # fmt: skip
    assert [delivery.rows_accepted for delivery in report.deliveries] == [1, 1, 1, 1, 1]
    assert sum(finding.count for finding in report.findings if finding.kind == "odd_rows") == 5
