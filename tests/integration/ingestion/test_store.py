"""What ingestion keeps: the archive, the ledger, and what comes back of what was lost or damaged."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dagster_project.extracts import DamagedStore, archive, ledger
from tests.unit.extracts.deliveries import Deliveries, touch_again

HEADER = "touch_id,contact_id,occurred_at,touch_type\n"


def touches(*ids: str) -> str:
    return HEADER + "".join(f"{each},k1,2026-01-05,other\n" for each in ids)


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path)


def test_the_ledger_says_what_became_of_each_delivery(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.a.csv", touches("t1", "t1") + "bad\n\n")
    crm.ingest("touches")
    (row,) = crm.ledger("touches")
    assert (row["rows_read"], row["rows_accepted"], row["rows_quarantined"], row["rows_duplicate"]) == (
        3,
        2,
        1,
        1,
    )
    assert (row["source"], row["object"], row["extract_date"], row["part"]) == (
        "crm",
        "touches",
        date(2026, 1, 5),
        "a",
    )
    assert row["size_bytes"] == (crm.extracts / "crm" / "touches" / "2026-01-05.a.csv").stat().st_size
    assert row["ingested_at"] == datetime(2026, 3, 1, 6)
    assert pq.read_table(row["raw_path"], partitioning=None).num_rows == 2
    assert pq.read_table(row["quarantine_path"], partitioning=None).num_rows == 1


def test_what_was_delivered_is_readable_by_its_owner_only(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    for zone in ("raw", "quarantine", "archive", "ledger"):
        assert (crm.home / zone).stat().st_mode & 0o777 == 0o700


def test_a_file_with_holes_keeps_its_hash(crm: Deliveries) -> None:
    """Holes aren't written, but the hash is of the bytes: text, 3 MiB of hole, text, 2 MiB of hole."""
    path = crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    with path.open("r+b") as file:
        file.seek(3 * 1024 * 1024)
        file.write(b"x")
        file.truncate(5 * 1024 * 1024)
    crm.ingest("touches")
    sha256 = crm.ledger("touches")[0]["sha256"]
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert archive.archive_path(crm.home, sha256).read_bytes() == path.read_bytes()


# ---- what was lost comes back


@pytest.mark.parametrize("lost", [["raw"], ["quarantine"], ["ledger"], ["raw", "quarantine", "ledger"]])
def test_everything_but_the_archive_can_be_deleted_and_comes_back_the_same(
    crm: Deliveries, lost: list[str]
) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1") + "bad\n")
    crm.deliver("touches", "2026-01-06.csv", touches("t1", "t2"))
    crm.ingest("touches")
    crm.deliver("touches", "2026-01-06.csv", touches("t3"))
    crm.ingest("touches", run_id="run-2")
    before = (crm.accepted("touches"), crm.quarantined("touches", "*"), crm.ledger("touches"))
    for zone in lost:
        shutil.rmtree(crm.home / zone)
    shutil.rmtree(crm.extracts / "crm" / "touches")
    crm.ingest("touches", run_id="run-3")
    assert (crm.accepted("touches"), crm.quarantined("touches", "*"), crm.ledger("touches")) == before


def test_leftovers_of_a_killed_run_are_swept(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    for zone in ("raw", "quarantine", "ledger"):
        incoming = crm.home / zone / "crm" / "touches" / ".incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        (incoming / "half.parquet.tmp").write_bytes(b"PAR1")
    crm.ingest("touches")
    assert [path for path in crm.home.rglob("*.tmp") if path.is_file()] == []


# ---- what was damaged


def test_a_half_written_archive_file_is_swept(crm: Deliveries) -> None:
    leftover = crm.home / "archive" / ".incoming" / "crm.touches.tmp"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half")
    crm.ingest("touches")
    assert not leftover.exists()


def a_damaged_ledger(crm: Deliveries, zones: tuple[str, ...]) -> Path:
    """Two deliveries in two files of the ledger, of which the first is cut short in these zones."""
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    crm.deliver("touches", "2026-01-06.csv", touches("t2"))
    crm.ingest("touches")
    for zone in zones:
        path = crm.home / zone / "crm" / "touches" / "00000001.parquet"
        path.write_bytes(path.read_bytes()[:100])
    return path


def test_a_damaged_ledger_file_is_read_from_the_archives_copy(crm: Deliveries) -> None:
    a_damaged_ledger(crm, ("ledger",))
    assert [outcome for _, _, outcome in crm.outcomes("touches")] == ["accepted", "accepted"]
    assert crm.ingest("touches").deliveries == ()


def test_a_ledger_file_that_is_damaged_with_its_copy_is_named(crm: Deliveries) -> None:
    path = a_damaged_ledger(crm, ("archive/deliveries", "ledger"))
    with pytest.raises(DamagedStore, match=f"{path} is damaged, and so is its copy"):
        crm.ingest("touches")


def remove(path: Path) -> None:
    path.unlink()


def change_a_byte(path: Path) -> None:
    path.write_bytes(b"T" + path.read_bytes()[1:])


@pytest.mark.parametrize("spoil", [remove, change_a_byte])
def test_an_archived_file_that_is_not_what_was_delivered_is_never_read_again(
    crm: Deliveries, spoil: Callable[[Path], None]
) -> None:
    landed = crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    archived = archive.archive_path(crm.home, str(crm.ledger("touches")[0]["sha256"]))
    spoil(archived)
    crm.declare(timezone="America/Mexico_City")
    with pytest.raises(DamagedStore, match=f"crm/touches/2026-01-05.csv .* archived copy {archived} is"):
        crm.ingest("touches")
    assert len(crm.accepted("touches")) == 1  # as it was read before
    touch_again(landed)  # the same file once more
    assert crm.ingest("touches").reread == 1
    assert crm.accepted("touches", "occurred_at") == [(datetime(2026, 1, 5, 6),)]


# ---- a ledger of years


def deliver_days(crm: Deliveries, first: int, last: int) -> None:
    """One delivery and one run a day; every second day it is corrected."""
    for day in range(first, last + 1):
        crm.deliver("touches", f"2026-01-{day:02}.csv", touches(f"t{day}"))
        crm.ingest("touches")
        if day % 2 == 0:
            crm.deliver("touches", f"2026-01-{day:02}.csv", touches(f"t{day}", "more"))
            crm.ingest("touches")


def ledger_files(crm: Deliveries) -> list[int]:
    folders = ("ledger", "archive/deliveries")
    return [len(list((crm.home / folder / "crm" / "touches").glob("*.parquet"))) for folder in folders]


def test_many_files_of_the_ledger_become_one_and_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Deliveries(tmp_path / "plain")
    deliver_days(plain, 1, 6)
    assert ledger_files(plain) == [9, 9]  # 6 deliveries and 3 corrections
    monkeypatch.setattr(ledger, "FILES_UNTIL_MERGED", 3)
    merged = Deliveries(tmp_path / "merged")
    deliver_days(merged, 1, 6)
    assert max(ledger_files(merged)) <= 3

    def said(crm: Deliveries) -> list[dict[str, object]]:
        changing = ("delivered_at", "stamp", "raw_path", "quarantine_path")
        return [
            {name: value for name, value in row.items() if name not in changing}
            for row in crm.ledger("touches")
        ]

    assert said(merged) == said(plain)
    assert merged.accepted("touches") == plain.accepted("touches")


def test_a_kill_while_files_of_the_ledger_become_one_says_nothing_twice(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "FILES_UNTIL_MERGED", 3)
    deliver_days(crm, 1, 2)  # three files: the next one takes them all
    before = {
        path: path.read_bytes()
        for zone in ("ledger", "archive")
        for path in (crm.home / zone).rglob("0*.parquet")
    }
    deliver_days(crm, 3, 3)
    expected = crm.outcomes("touches")
    for path, content in before.items():  # as if the process had ended before they were removed
        path.write_bytes(content)
    assert crm.outcomes("touches") == expected
    deliver_days(crm, 4, 4)
    assert len(crm.outcomes("touches")) == 6
    assert ledger_files(crm) == [2, 2]
