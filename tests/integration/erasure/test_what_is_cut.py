"""Who is forgotten: every row that names them is cut out of what was delivered, and nothing else."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dagster_project.extracts import ledger
from dagster_project.extracts.declarations.persons import CONTACT
from dagster_project.extracts.suppression import Name
from tests.integration.erasure.people import (
    ANA,
    CONTACTS,
    EVA,
    LINES,
    LUIS,
    archived,
    assert_nobody_is_named,
    forget,
    jsonl_text,
    lines,
)
from tests.unit.extracts.deliveries import Deliveries

# ---------------------------------------------------------------- the bytes of a file


def csv_bytes(rows: list[str], end: str = "\n") -> str:
    return "".join(row + end for row in rows)


def parquet_bytes(rows: list[str]) -> bytes:
    names = rows[0].split(",")
    columns = {name: [row.split(",")[place] for row in rows[1:]] for place, name in enumerate(names)}
    file = io.BytesIO()
    pq.write_table(pa.table(columns, schema=pa.schema([(name, pa.string()) for name in names])), file)
    return file.getvalue()


PLAIN: list[tuple[str, str, Callable[[list[str]], bytes]]] = [
    ("csv", "utf-8", lambda rows: csv_bytes(rows).encode()),
    ("csv", "utf-8", lambda rows: b"\xef\xbb\xbf" + csv_bytes(rows, "\r\n").encode()),
    ("csv", "utf-8", lambda rows: csv_bytes(rows).rstrip("\n").encode()),
    ("csv", "utf-16", lambda rows: b"\xff\xfe" + csv_bytes(rows).encode("utf-16-le")),
    ("csv", "utf-16", lambda rows: b"\xfe\xff" + csv_bytes(rows).encode("utf-16-be")),
    ("csv", "latin-1", lambda rows: csv_bytes([*rows, EVA + "\xe9"]).encode("latin-1")),
    ("csv", "cp1252", lambda rows: csv_bytes([*rows, EVA + "\u20ac"]).encode("cp1252")),
    ("jsonl", "utf-8", lambda rows: jsonl_text(rows).encode()),
]


@pytest.mark.parametrize(("kind", "encoding", "content"), PLAIN)
@pytest.mark.parametrize("is_compressed", [False, True])
def test_the_rows_bytes_are_cut_and_all_others_stay(
    tmp_path: Path, kind: str, encoding: str, content: Callable[[list[str]], bytes], is_compressed: bool
) -> None:
    crm = Deliveries(tmp_path, encoding=encoding)
    whole, without = content(LINES), content([CONTACTS, LUIS, EVA])
    name = f"2026-01-05.{kind}{'.gz' if is_compressed else ''}"
    crm.deliver("contacts", name, gzip.compress(whole) if is_compressed else whole)
    assert (
        crm.ingest("contacts").rows_accepted == len(whole.splitlines()) - (kind == "csv")
        or encoding == "utf-16"
    )
    forget(crm)
    (kept,) = archived(crm)
    assert (gzip.decompress(kept) if is_compressed else kept) == without
    assert_nobody_is_named(crm)
    assert [contact for (contact,) in crm.accepted("contacts", "contact_id")][:2] == ["k-luis-1", "k-eva-1"]


def test_a_row_of_several_lines_is_cut_whole_and_lines_count_anew(crm: Deliveries) -> None:
    long_row = 'k-ana-1,2026-01-05,2026-01-05,"two\nlines, ""quoted"""'
    crm.deliver("contacts", "2026-01-05.csv", lines(CONTACTS, LUIS, "", long_row, "", EVA))
    crm.ingest("contacts")
    assert crm.accepted("contacts", "contact_id, _line") == [("k-luis-1", 2), ("k-ana-1", 4), ("k-eva-1", 7)]
    forget(crm)
    assert archived(crm) == [lines(CONTACTS, LUIS, "", "", EVA).encode()]
    ((_, first), (eva, line)) = crm.accepted("contacts", "contact_id, _line")
    assert (first, eva) == (2, "k-eva-1")
    assert archived(crm)[0].decode().split("\n")[line - 1] == EVA


def test_parquet_keeps_the_other_rows_with_their_types(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.parquet", parquet_bytes(LINES))
    crm.ingest("contacts")
    forget(crm)
    (kept,) = archived(crm)
    assert pq.read_table(io.BytesIO(kept)) == pq.read_table(io.BytesIO(parquet_bytes([CONTACTS, LUIS, EVA])))
    assert_nobody_is_named(crm)


def test_a_file_of_nobody_else_stays_a_delivered_day(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.jsonl", jsonl_text([CONTACTS, ANA]))
    crm.deliver("contacts", "2026-01-06.csv", lines(CONTACTS, ANA))
    crm.ingest("contacts")
    forget(crm)
    assert [row["rows_accepted"] for row in crm.ledger("contacts")] == [0, 0]
    assert crm.complete_through().held_back_by[0].complete_day.isoformat() == "2026-01-06"


# ---------------------------------------------------------------- what is known of it


def test_the_ledger_keeps_the_original_hash_and_counts_what_was_erased(crm: Deliveries) -> None:
    path = crm.deliver("contacts", "2026-01-05.csv", lines(CONTACTS, LUIS, ANA, "k-eva-1,soon,2026-01-05,"))
    original = hashlib.sha256(path.read_bytes()).hexdigest()
    crm.deliver("contacts", "2026-01-06.csv", lines(CONTACTS, EVA))
    crm.ingest("contacts")
    forget(crm)
    rewritten, other = crm.ledger("contacts")
    kept = lines(CONTACTS, LUIS, "k-eva-1,soon,2026-01-05,").encode()
    assert (rewritten["outcome"], rewritten["sha256"]) == ("erased", original)
    assert rewritten["kept_sha256"] == hashlib.sha256(kept).hexdigest()
    counts = [rewritten[f"rows_{name}"] for name in ("read", "accepted", "quarantined", "erased")]
    assert counts == [2, 1, 1, 1]
    assert (other["outcome"], other["kept_sha256"], other["rows_erased"]) == ("accepted", None, 0)


def test_forgetting_again_changes_nothing(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.csv", lines(*LINES))
    crm.ingest("contacts")
    forget(crm)
    before = {path: path.read_bytes() for path in crm.home.rglob("*") if path.is_file()}
    forget(crm)
    assert {path: path.read_bytes() for path in crm.home.rglob("*") if path.is_file()} == before


def test_a_superseded_delivery_is_rewritten_as_well(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.csv", lines(CONTACTS, ANA, LUIS))
    crm.ingest("contacts")
    crm.deliver("contacts", "2026-01-05.csv", lines(CONTACTS, ANA, EVA))
    crm.ingest("contacts")
    forget(crm)
    assert_nobody_is_named(crm)
    assert crm.accepted("contacts", "contact_id") == [("k-eva-1",)]
    assert [row["rows_accepted"] for row in crm.ledger("contacts")] == [1, 1]


def test_quarantined_rows_that_name_the_person_go_too(crm: Deliveries) -> None:
    unreadable = "k-ana-1,soon,2026-01-05,"
    ragged = "x,y,ana@acme.example"
    crm.deliver(
        "contacts", "2026-01-05.csv", lines(CONTACTS, LUIS, unreadable, ragged, "k-eva-1,soon,2026-01-05,")
    )
    crm.ingest("contacts")
    forget(crm)
    assert crm.quarantined("contacts", "row_text") == [("k-eva-1,soon,2026-01-05,",)]
    assert_nobody_is_named(crm)


MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("file_name", "row"),
    [
        ("2026-03-01.csv", f"{'x' * 36 * MIB},2026-01-05,2026-01-05,ana@acme.example"),
        ("2026-03-01.jsonl", json.dumps({"contact_id": "x" * 5 * MIB, "email": "ana@acme.example"})),
    ],
    ids=["csv", "jsonl"],
)
def test_a_row_too_large_to_be_held_goes_when_it_names_the_person_however_deep(
    crm: Deliveries, file_name: str, row: str
) -> None:
    others = lines(CONTACTS, LUIS, EVA) if file_name.endswith("csv") else jsonl_text([CONTACTS, LUIS, EVA])
    crm.deliver("contacts", file_name, others + row + "\n")
    other = file_name.replace("03-01", "03-02")
    crm.deliver("contacts", other, others + row.replace("ana@", "pia@") + "\n")
    crm.ingest("contacts")
    assert {row[1:] for row in crm.quarantined("contacts")} == {("field_too_large", None)}
    forget(crm)
    assert_nobody_is_named(crm)
    erased = {row.file_name: row.rows_erased for row in ledger.read_object(crm.home, "crm", "contacts")}
    assert erased == {file_name: 1, other: 0}
    assert len(crm.accepted("contacts")) == 4


def test_an_e_mail_in_any_column_names_the_person(crm: Deliveries) -> None:
    crm.deliver(
        "campaigns",
        "2026-01-05.csv",
        lines(
            "campaign_id,campaign_name",
            "c1,Expo",
            "c2,Letter to <ANA@acme.example>.",
            "c3,diana@acme.example",
        ),
    )
    crm.ingest("campaigns")
    forget(crm, "campaigns")
    assert crm.accepted("campaigns", "campaign_id") == [("c1",), ("c3",)]


def test_an_id_is_a_name_only_where_ids_of_its_kind_stand(crm: Deliveries) -> None:
    crm.deliver(
        "leads",
        "2026-01-05.csv",
        lines(
            "lead_id,created_at,updated_at,contact_id",
            "7,2026-01-05,2026-01-05,8",
            "8,2026-01-05,2026-01-05,7",
        ),
    )
    crm.ingest("leads")
    forget(crm, "leads", names=(Name(CONTACT, "7"),))
    assert crm.accepted("leads", "lead_id") == [("7",)]


# ---------------------------------------------------------------- refused files


def test_a_refused_file_that_names_the_person_is_emptied_and_others_stay(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.csv", lines(CONTACTS, LUIS))
    crm.deliver("contacts", "2026-01-06.csv", lines("contact_id,email", "k-ana-1,x@acme.example"))
    crm.deliver("contacts", "2026-01-07.csv", lines("contact_id,email", "k-eva-1,x@acme.example"))
    crm.deliver("contacts", "2026-01-08.csv", (lines(*LINES)).encode() + b"\xff")
    crm.ingest("contacts")
    forget(crm)
    assert_nobody_is_named(crm)
    assert [row["outcome"] for row in crm.ledger("contacts")] == ["accepted", "refused", "refused", "refused"]
    assert [row["kept_sha256"] is None for row in crm.ledger("contacts")] == [True, False, True, False]
    assert any(b"k-eva-1,x" in content for content in archived(crm))
    assert crm.complete_through().held_back_by[0].complete_day.isoformat() == "2026-01-05"
