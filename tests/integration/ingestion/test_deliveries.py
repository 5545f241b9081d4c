"""Deliveries that come again, come corrected, come twice, or whose reading was interrupted."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from dagster_project.extracts import ingest as ingest_module
from dagster_project.extracts import ledger
from tests.unit.extracts.deliveries import Deliveries, touch_again

HEADER = "touch_id,contact_id,occurred_at,touch_type\n"


def touches(*ids: str) -> str:
    return HEADER + "".join(f"{each},k1,2026-01-05,other\n" for each in ids)


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path)


def ids(crm: Deliveries, as_of: date | None = None) -> list[str]:
    return [each for (each,) in crm.accepted("touches", "touch_id", as_of)]


# ---- only what is new


def test_the_same_file_again_has_no_effect(crm: Deliveries) -> None:
    path = crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    before = crm.written_files()
    assert crm.ingest("touches").deliveries == ()
    touch_again(path)  # copied anew, the same bytes
    assert crm.ingest("touches").deliveries == ()
    assert crm.outcomes("touches") == [("2026-01-05.csv", 1, "accepted")]
    assert crm.written_files() == before


def test_other_content_replaces_the_earlier_delivery(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1", "t2") + "bad\n")
    crm.ingest("touches")
    assert len(crm.quarantined("touches")) == 1
    crm.deliver("touches", "2026-01-05.csv", touches("t3"))
    crm.ingest("touches", run_id="run-2")
    assert ids(crm) == ["t3"]
    assert crm.quarantined("touches") == []  # the bad row no longer counts either
    assert crm.outcomes("touches") == [("2026-01-05.csv", 1, "superseded"), ("2026-01-05.csv", 2, "accepted")]
    assert [row["run_id"] for row in crm.ledger("touches")] == ["run-1", "run-2"]
    for row in crm.ledger("touches"):
        assert (crm.home / "archive" / row["sha256"][:2] / row["sha256"]).is_file()


def test_what_was_delivered_last_counts_even_if_it_is_the_first_content_again(crm: Deliveries) -> None:
    for content in (touches("t1"), touches("t2"), touches("t1")):
        crm.deliver("touches", "2026-01-05.csv", content)
        crm.ingest("touches")
    assert ids(crm) == ["t1"]
    assert [outcome for _, _, outcome in crm.outcomes("touches")] == ["superseded", "superseded", "accepted"]


def test_a_corrected_delivery_in_another_format_replaces_the_first(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    crm.remove("touches", "2026-01-05.csv")
    crm.deliver(
        "touches",
        "2026-01-05.jsonl",
        '{"touch_id": "t2", "contact_id": "k1", "occurred_at": "2026-01-05", "touch_type": "other"}\n',
    )
    crm.ingest("touches")
    assert ids(crm) == ["t2"]


def test_a_refused_correction_takes_the_earlier_delivery_with_it(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    crm.deliver("touches", "2026-01-05.csv", "")
    crm.ingest("touches")
    assert ids(crm) == []
    assert [outcome for _, _, outcome in crm.outcomes("touches")] == ["superseded", "refused"]
    assert crm.ingest("touches").deliveries == ()  # still refused, and not read again
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    assert ids(crm) == ["t1"]


def test_a_file_that_disappears_stays_delivered(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    crm.remove("touches", "2026-01-05.csv")
    crm.ingest("touches")
    assert ids(crm) == ["t1"]


def test_an_as_of_date_leaves_later_extracts_out(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.deliver("touches", "2026-01-06.csv", touches("t2"))
    crm.ingest("touches")
    assert ids(crm, as_of=date(2026, 1, 5)) == ["t1"]


# ---- parts


def test_parts_of_one_date_are_one_extract_and_their_order_is_that_of_bytes(crm: Deliveries) -> None:
    for name, touch in (("2026-01-05.b.csv", "t4"), ("2026-01-05.csv", "t1"), ("2026-01-05.é.csv", "t5")):
        crm.deliver("touches", name, touches(touch))
    crm.deliver("touches", "2026-01-05.B.csv", touches("t2"))
    crm.deliver("touches", "2026-01-05.a.csv", touches("t3"))
    crm.ingest("touches")
    assert ids(crm) == ["t1", "t2", "t3", "t4", "t5"]
    assert [row["part"] for row in crm.ledger("touches")] == [None, "B", "a", "b", "é"]


def test_the_same_bytes_under_another_part_are_repeated_and_without_effect(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.b.csv", touches("t1"))
    crm.ingest("touches")
    crm.deliver("touches", "2026-01-05.a.csv", touches("t1"))
    crm.deliver("touches", "2026-01-06.a.csv", touches("t1"))  # another date: a dump may say the same again
    crm.ingest("touches")
    assert crm.outcomes("touches") == [
        ("2026-01-05.a.csv", 1, "repeated"),
        ("2026-01-05.b.csv", 1, "accepted"),
        ("2026-01-06.a.csv", 1, "accepted"),
    ]
    assert ids(crm) == ["t1", "t1"]
    assert crm.ingest("touches").deliveries == ()


def test_repeated_bytes_count_once_the_part_that_held_them_is_corrected(crm: Deliveries) -> None:
    """Delivered in this order or all at once, the folder says the same: part a is t1, part b is t2."""
    crm.deliver("touches", "2026-01-05.b.csv", touches("t1"))
    crm.ingest("touches")
    crm.deliver("touches", "2026-01-05.a.csv", touches("t1"))
    crm.ingest("touches")
    crm.deliver("touches", "2026-01-05.b.csv", touches("t2"))
    crm.ingest("touches")
    assert ids(crm) == ["t1", "t2"]
    assert crm.outcomes("touches") == [
        ("2026-01-05.a.csv", 1, "repeated"),
        ("2026-01-05.a.csv", 2, "accepted"),
        ("2026-01-05.b.csv", 1, "superseded"),
        ("2026-01-05.b.csv", 2, "accepted"),
    ]


@pytest.mark.parametrize("other", ["2026-01-05.a.jsonl", "2026-01-05.a.csv.gz", "2026-01-05.a.parquet"])
def test_the_same_part_in_two_formats_is_refused_twice(crm: Deliveries, other: str) -> None:
    crm.deliver("touches", "2026-01-05.a.csv", touches("t1"))
    crm.ingest("touches")
    crm.deliver("touches", other, b"whatever it is")
    report = crm.ingest("touches")
    assert {delivery.file_name for delivery in report.refused} == {"2026-01-05.a.csv", other}
    assert ids(crm) == []
    assert crm.ingest("touches").deliveries == ()  # nothing new about it
    crm.remove("touches", other)
    crm.ingest("touches")
    assert ids(crm) == ["t1"]


def test_one_part_in_two_unicode_spellings_is_one_part_twice(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.\u00e9.csv", touches("t1"))
    crm.deliver("touches", "2026-01-05.e\u0301.csv", touches("t2"))
    assert len(crm.ingest("touches").refused) == 2


def test_a_part_may_have_any_name_that_a_file_can_have(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.[a-z]*?.csv", touches("t1"))
    crm.deliver("touches", "2026-01-05.-.csv", touches("t2"))
    crm.deliver("touches", "2026-01-05.%20 '\".csv", touches("t3"))
    crm.ingest("touches")
    assert sorted(ids(crm)) == ["t1", "t2", "t3"]


# ---- duplicates


def test_rows_equal_to_one_already_accepted_are_counted(crm: Deliveries) -> None:
    """t1 stands twice in the first file, and again in the second beside a row that differs in one column."""
    crm.deliver("touches", "2026-01-05.csv", touches("t1", "t2", "t1"))
    crm.deliver("touches", "2026-01-06.csv", touches("t1", "t3") + "t2,k2,2026-01-05,other\n")
    crm.ingest("touches")
    crm.deliver("touches", "2026-01-07.csv", touches("t3", "t4"))
    crm.ingest("touches")
    assert [(row["rows_accepted"], row["rows_duplicate"]) for row in crm.ledger("touches")] == [
        (3, 1),
        (3, 1),
        (2, 1),
    ]


def test_a_correction_is_not_a_duplicate_of_what_it_replaces(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    crm.deliver("touches", "2026-01-05.csv", touches("t1", "t2"))
    crm.ingest("touches")
    assert crm.ledger("touches")[1]["rows_duplicate"] == 0


def test_rows_that_differ_only_in_a_further_column_are_no_duplicates(crm: Deliveries) -> None:
    header = HEADER.replace("\n", ",Region,note\n")
    row = "t1,k1,2026-01-05,other,"
    crm.deliver("touches", "2026-01-05.csv", f"{header}{row}north,\n{row}south,\n{row},north\n{row}north,\n")
    crm.ingest("touches")
    assert crm.ledger("touches")[0]["rows_duplicate"] == 1


# ---- a declaration that changes


def test_a_changed_declaration_reads_the_archived_deliveries_again(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("t1"))
    crm.ingest("touches")
    crm.remove("touches", "2026-01-05.csv")
    crm.declare(timezone="America/Mexico_City")
    report = crm.ingest("touches", run_id="run-2")
    assert report.reread == 1
    assert crm.accepted("touches", "occurred_at") == [
        (datetime(2026, 1, 5, 6),)
    ]  # midnight six hours behind UTC
    assert crm.outcomes("touches") == [("2026-01-05.csv", 1, "accepted")]  # still one delivery
    assert crm.ingest("touches").reread == 0


def test_a_declared_encoding_makes_a_refused_file_readable(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", touches("tñ").encode("latin-1"))
    assert len(crm.ingest("touches").refused) == 1
    crm.declare(encoding="latin-1")
    crm.ingest("touches")
    assert ids(crm) == ["tñ"]


# ---- kills


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.unit.extracts.deliveries import Deliveries
steps = 0
def count(event, arguments):
    # Every opening, renaming and removing of a file is a moment at which a run may end.
    global steps
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate") and "{home}" in str(arguments[0]):
        steps += 1
        if steps == {step}:
            os._exit(9)
crm = Deliveries(Path({folder!r}))
sys.addaudithook(count)
crm.ingest("touches")
"""


def test_a_kill_at_any_step_leaves_what_the_next_run_completes(tmp_path: Path) -> None:
    """The process ends at one of its steps; afterwards a clean run gives what an undisturbed one does."""
    undisturbed = Deliveries(tmp_path / "undisturbed")
    _deliver_days(undisturbed)
    undisturbed.ingest("touches")
    expected = (undisturbed.accepted("touches"), undisturbed.quarantined("touches", "*"))
    random.seed(7)
    for step in sorted(random.sample(range(15, 95), 5)):
        crm = Deliveries(tmp_path / f"killed-{step}")
        _deliver_days(crm)
        code = KILLED.format(
            root=str(Path(__file__).parents[3]), home="home", step=step, folder=str(crm.home.parent)
        )
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert ended.returncode in (0, 9), ended.stderr
        crm.ingest("touches")
        assert (crm.accepted("touches"), crm.quarantined("touches", "*")) == expected
        assert [row["delivery"] for row in crm.ledger("touches")] == [1, 1, 1]


def _deliver_days(crm: Deliveries) -> None:
    for day in (5, 6, 7):
        crm.deliver("touches", f"2026-01-0{day}.csv", touches(f"t{day}") + "bad\n")


# ---- order


def test_any_order_of_arrival_ends_in_the_same_rows(tmp_path: Path) -> None:
    files = {
        "2026-01-05.csv": touches("t1", "t2"),
        "2026-01-06.a.csv": touches("t2", "t3"),
        "2026-01-06.b.csv": touches("t2", "t3"),
        "2026-01-07.csv": touches("t4") + "bad\n",
    }
    found = set()
    orders = random.Random(3).sample(list(itertools.permutations(files)), 8)
    for number, order in enumerate(orders):
        crm = Deliveries(tmp_path / str(number))
        for name in order:
            crm.deliver("touches", name, files[name])
            crm.ingest("touches")
        columns = "touch_id, _extract_date, _line"
        found.add((str(crm.accepted("touches", columns)), str(crm.quarantined("touches"))))
    assert len(found) == 1


def test_many_files_in_several_batches_are_one_ingestion(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "FILES_AT_ONCE", 3)
    for day in range(1, 11):
        crm.deliver("touches", f"2026-01-{day:02}.csv", touches(f"t{day}", "t0"))
    crm.ingest("touches")
    assert [row["rows_duplicate"] for row in crm.ledger("touches")] == [0] + [
        1
    ] * 9  # t0, from the second day on
    ledger_files = list(ledger.object_folder(crm.home, "crm", "touches").glob("*.parquet"))
    assert len(ledger_files) == 4  # 3 + 3 + 3 + 1


def test_two_runs_at_once_read_every_delivery_once(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path)
    _deliver_days(crm)
    code = KILLED.format(root=str(Path(__file__).parents[3]), home="home", step=-1, folder=str(tmp_path))
    runs = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(2)]
    for run in runs:
        _, errors = run.communicate(timeout=60)
        assert run.returncode == 0, errors.decode()
    assert [row["delivery"] for row in crm.ledger("touches")] == [1, 1, 1]
    assert crm.ingest("touches").reread == 0  # what another process read is as good as what this one would
