"""Raw Parquet that isn't what was written any more: it is never read, and made again from the archive."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dagster_project.extracts import DamagedStore, IngestReport, archive, ingest, restore_raw
from dagster_project.extracts.text_stream import RefusedFile
from tests.older_ledger import forget_hashes
from tests.unit.extracts.deliveries import CONTRACT_CURRENCY, Deliveries

HEADER = "touch_id,contact_id,occurred_at,touch_type\n"
MANY = 2_000


def touches(*ids: str) -> str:
    return HEADER + "".join(f"{each},k1,2026-01-05,other\n" for each in ids)


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    """Two days, the first of so many rows that its Parquet has pages to be damaged."""
    crm = Deliveries(tmp_path)
    crm.deliver("touches", "2026-01-05.csv", touches(*(f"t{number}" for number in range(MANY))))
    crm.deliver("touches", "2026-01-06.csv", touches("t1", "new"))
    crm.ingest("touches")
    return crm


def raw_file(crm: Deliveries) -> Path:
    return Path(crm.ledger("touches")[0]["raw_path"])


def zero_a_run(path: Path) -> None:
    """What a disk leaves of blocks that it lost. The file is as long as before."""
    content = bytearray(path.read_bytes())
    content[200:400] = bytes(200)
    path.write_bytes(content)


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def told_of_damage(report: IngestReport) -> list[str]:
    return [finding.message for finding in report.findings if finding.kind == "damaged_raw"]


@pytest.mark.parametrize("damage", [zero_a_run, flip_a_bit, cut_short])
def test_a_damaged_raw_file_is_told_of_and_made_again_as_it_was(
    crm: Deliveries, damage: Callable[[Path], None]
) -> None:
    before = (crm.accepted("touches"), crm.written_files(), crm.ledger("touches"))
    path = raw_file(crm)
    damage(path)
    report = crm.ingest("touches", run_id="run-2")
    (told,) = told_of_damage(report)
    assert told.startswith(
        f"1 file of crm/touches wasn't what had been written: {path.relative_to(crm.home)}."
    )
    assert report.reread == 1
    assert (crm.accepted("touches"), crm.written_files(), crm.ledger("touches")) == before
    after = crm.ingest("touches", run_id="run-3")
    assert (told_of_damage(after), after.reread) == ([], 0)


def test_a_raw_file_that_was_deleted_is_made_again_without_a_word(crm: Deliveries) -> None:
    before = crm.accepted("touches")
    raw_file(crm).unlink()
    report = crm.ingest("touches")
    assert (told_of_damage(report), report.reread) == ([], 1)
    assert crm.accepted("touches") == before


def test_all_damaged_files_of_an_object_are_told_of_in_one_sentence(crm: Deliveries) -> None:
    for row in crm.ledger("touches"):
        flip_a_bit(Path(row["raw_path"]))
    (told,) = told_of_damage(crm.ingest("touches"))
    assert told.startswith("2 files of crm/touches weren't what had been written, the first of them ")


def test_damage_that_the_archive_has_too_is_named_and_nothing_is_read(crm: Deliveries) -> None:
    archived = archive.archive_path(crm.home, str(crm.ledger("touches")[0]["sha256"]))
    flip_a_bit(raw_file(crm))
    flip_a_bit(archived)
    with pytest.raises(
        DamagedStore,
        match=f"crm/touches/2026-01-05.csv has to be read again, but its archived copy {archived} is damaged. "
        "Restore it from a backup, or put the same file into the landing folder once more.",
    ):
        crm.ingest("touches")


def test_what_cannot_be_read_again_is_no_quiet_refusal(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RefusedFile("nothing in it is understood")

    flip_a_bit(raw_file(crm))
    monkeypatch.setattr(ingest, "read_chunks", refuse)
    with pytest.raises(
        DamagedStore, match="crm/touches/2026-01-05.csv was read once, but its Parquet is gone or"
    ):
        crm.ingest("touches")


def test_what_was_replaced_since_is_mended_where_it_is_asked_for(crm: Deliveries) -> None:
    first = raw_file(crm)
    rows = pq.read_table(first, partitioning=None)
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    zero_a_run(first)
    assert told_of_damage(crm.ingest("touches")) == []  # no figure rests on it
    replaced = crm.ledger("touches")[0]
    assert replaced["outcome"] == "superseded"
    (finding,) = restore_raw(
        crm.home,
        crm.source,
        "touches",
        CONTRACT_CURRENCY,
        {(replaced["extract_date"], None, 1)},
        "run-3",
        datetime(2026, 3, 2),
    )
    assert finding.kind == "damaged_raw"
    assert pq.read_table(first, partitioning=None).equals(rows)
    assert len(crm.accepted("touches")) == 3


def test_a_ledger_without_hashes_is_read_and_gets_them_with_what_is_made_again(crm: Deliveries) -> None:
    before = (crm.accepted("touches"), crm.ledger("touches"))
    forget_hashes(crm.home)
    assert crm.ingest("touches").reread == 0
    assert [row["raw_sha256"] for row in crm.ledger("touches")] == [None, None]
    shutil.rmtree(crm.home / "raw")
    assert crm.ingest("touches").reread == 2
    assert (crm.accepted("touches"), crm.ledger("touches")) == before
    flip_a_bit(raw_file(crm))
    assert len(told_of_damage(crm.ingest("touches"))) == 1


def test_a_file_that_is_made_again_otherwise_is_known_by_its_new_bytes(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version may write the same rows as other bytes."""
    before = crm.accepted("touches")
    written = crm.written_files()
    raw_file(crm).unlink()
    as_it_is = pq.ParquetWriter

    def uncompressed(*arguments: object, **options: object) -> pq.ParquetWriter:
        return as_it_is(*arguments, **{**options, "compression": "none"})

    with monkeypatch.context() as changed:
        changed.setattr(pq, "ParquetWriter", uncompressed)
        crm.ingest("touches")
    assert crm.written_files() != written
    report = crm.ingest("touches")
    assert (told_of_damage(report), report.reread) == ([], 0)
    assert crm.accepted("touches") == before
