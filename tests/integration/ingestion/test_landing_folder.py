"""The landing folder: what in it is a delivery, and what is left alone."""

from __future__ import annotations

import errno
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dagster_project.extracts import archive, landing, unexpected_entries
from tests.integration.ingestion.files import GOOD_TOUCH, HEADER_ONLY, WHOLE
from tests.unit.extracts.deliveries import Deliveries


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path)


def test_what_is_no_delivery_is_reported_and_keeps_nothing_from_being_read(crm: Deliveries) -> None:
    folder = crm.deliver("touches", "2026-01-05.csv", WHOLE).parent
    os.mkfifo(folder / "2026-01-06.csv")
    (folder / "notes.txt").write_text(WHOLE)
    report = crm.ingest("touches")
    assert [delivery.file_name for delivery in report.deliveries] == ["2026-01-05.csv"]
    assert [(finding.kind, finding.severity) for finding in report.findings] == [
        ("unexpected_entry", "warning")
    ] * 2


@pytest.mark.parametrize("place", ["crm", "crm/touches"])
def test_a_folder_that_is_a_link_is_not_followed(crm: Deliveries, tmp_path: Path, place: str) -> None:
    crm.deliver("touches", "2026-01-05.csv", WHOLE)
    (crm.extracts / place).rename(tmp_path / "elsewhere")
    (crm.extracts / place).symlink_to(tmp_path / "elsewhere")
    assert crm.ingest("touches").deliveries == ()
    (finding,) = unexpected_entries(crm.extracts, crm.sources)
    assert f"{place} was not read: a symbolic link" in finding.message


def test_a_name_that_is_no_text_is_reported_escaped(crm: Deliveries) -> None:
    folder = crm.deliver("touches", "2026-01-05.csv", WHOLE).parent
    Path(os.fsdecode(bytes(folder) + b"/2026-01-06.\xff.csv")).write_text(WHOLE)
    report = crm.ingest("touches")
    assert len(report.deliveries) == 1
    assert "crm/touches/2026-01-06.\\udcff.csv was not read" in report.findings[0].message


def test_a_file_without_the_right_to_read_it_is_named_and_left(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = crm.deliver("touches", "2026-01-05.csv", WHOLE)
    opened = os.open

    def not_allowed(file: str | Path, *more: int) -> int:  # root may read everything
        if Path(file) == path:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(file, *more)

    monkeypatch.setattr(os, "open", not_allowed)
    report = crm.ingest("touches")
    assert report.deliveries == ()
    assert [finding.kind for finding in report.findings] == ["unreadable_file"]
    assert "2026-01-05.csv is left for the next run: Permission denied" in report.findings[0].message


def test_a_file_of_a_time_that_no_calendar_has_is_read(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "LATEST", 0)  # as if the calendar ended in 1970
    crm.deliver("touches", "2026-01-05.csv", WHOLE)
    crm.ingest("touches")
    assert crm.ledger("touches")[0]["delivered_at"] == datetime(1970, 1, 1)


def test_another_file_in_the_place_of_the_listed_one_is_left_for_the_next_run(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = crm.deliver("touches", "2026-01-05.csv", WHOLE)
    keep = archive.keep

    def keep_after_a_change(*arguments: Any) -> archive.Archived:
        path.unlink()
        path.write_text(HEADER_ONLY)
        return keep(*arguments)

    monkeypatch.setattr(archive, "keep", keep_after_a_change)
    report = crm.ingest("touches")
    assert report.deliveries == ()
    assert "it changed while the folder was listed" in report.findings[0].message


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = crm.deliver("touches", "2026-01-05.csv", WHOLE)
    copy = archive._copy

    def copy_while_written(descriptor: int, size: int, temporary: Path) -> str:
        copied = copy(descriptor, size, temporary)
        with path.open("a") as file:
            file.write(GOOD_TOUCH.replace("t1", "t2") + "\n")
        return copied

    monkeypatch.setattr(archive, "_copy", copy_while_written)
    report = crm.ingest("touches")
    assert report.deliveries == ()
    assert [finding.kind for finding in report.findings] == ["still_written"]
    monkeypatch.setattr(archive, "_copy", copy)
    assert crm.ingest("touches").rows_accepted == 2


def test_undeclared_folders_and_stray_files_are_reported(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", WHOLE)
    (crm.extracts / "hr" / "people").mkdir(parents=True)
    (crm.extracts / "crm" / "invoices").mkdir()
    (crm.extracts / "crm" / "touches.csv").write_text("x")
    (crm.extracts / "readme.txt").write_text("x")
    (crm.extracts / "_notes").mkdir()
    findings = unexpected_entries(crm.extracts, crm.sources)
    assert [finding.message.split(". ")[0] for finding in findings] == [
        "crm/invoices was not read: no object of the family standard",
        "crm/touches.csv was not read: a file",
        "hr was not read: no source that sources.yml declares",
        "readme.txt was not read: a file",
    ]
