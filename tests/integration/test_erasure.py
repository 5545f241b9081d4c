"""Who is forgotten: every row that names them is cut out of what was delivered, and nothing later brings them back."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dagster_project.extracts import archive, erasure, ledger
from dagster_project.extracts.declarations import FAMILIES
from dagster_project.extracts.declarations.persons import CONTACT, LEAD, NAMING_COLUMNS
from dagster_project.extracts.suppression import EMAIL, Name, load_suppression, suppress
from tests.unit.extracts.deliveries import Deliveries, touch_again

CONTACTS = "contact_id,created_at,updated_at,email"
ANA = "k-ana-1,2026-01-05,2026-01-05,ana@acme.example"
LUIS = "k-luis-1,2026-01-05,2026-01-05,luis@acme.example"
EVA = "k-eva-1,2026-01-05,2026-01-05,eva@acme.example"
FORGOTTEN = (Name(CONTACT, "k-ana-1"), Name(EMAIL, "Ana@Acme.example"))


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path)


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def forget(crm: Deliveries, *objects: str, names: tuple[Name, ...] = FORGOTTEN) -> None:
    suppress(crm.home, names)
    for name in objects or ("contacts",):
        crm.ingest(name, run_id="forgetting")


def archived(crm: Deliveries) -> list[bytes]:
    """The contents of the archive, without the copies of the ledger."""
    return [
        path.read_bytes()
        for path in sorted((crm.home / "archive").rglob("*"))
        if path.is_file() and "deliveries" not in path.parts
    ]


def everything_written(crm: Deliveries) -> Iterator[tuple[Path, str]]:
    """Every file of the home with all the text that is in it, however it is packed."""
    for path in sorted(crm.home.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        text = content.decode("latin-1")
        if content[:4] == b"PAR1":
            text += json.dumps(pq.read_table(path).to_pylist(), default=str)
        elif content[:2] == b"\x1f\x8b":
            text += gzip.decompress(content).decode("latin-1")
        yield path, text + text.replace("\0", "")


def assert_nobody_is_named(crm: Deliveries, *names: str) -> None:
    for path, text in everything_written(crm):
        for name in names or ("k-ana-1", "ana@acme.example"):
            assert name not in text.lower(), path


# ---------------------------------------------------------------- the bytes of a file

LINES = [CONTACTS, LUIS, ANA, EVA]


def csv_bytes(rows: list[str], end: str = "\n") -> str:
    return "".join(row + end for row in rows)


def parquet_bytes(rows: list[str]) -> bytes:
    names = rows[0].split(",")
    columns = {name: [row.split(",")[place] for row in rows[1:]] for place, name in enumerate(names)}
    file = io.BytesIO()
    pq.write_table(pa.table(columns, schema=pa.schema([(name, pa.string()) for name in names])), file)
    return file.getvalue()


def jsonl_text(rows: list[str]) -> str:
    names = rows[0].split(",")
    return "".join(
        json.dumps(dict(zip(names, row.split(","), strict=True)), ensure_ascii=False) + "\n"
        for row in rows[1:]
    )


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


# ---------------------------------------------------------------- what comes later


def test_the_next_dump_brings_nobody_back(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.csv", lines(*LINES))
    crm.ingest("contacts")
    forget(crm)
    crm.deliver(
        "contacts",
        "2026-02-05.csv",
        lines(CONTACTS, EVA, ANA, "k-new,2026-02-01,2026-02-01,ana@ACME.example"),
    )
    crm.ingest("contacts")
    assert_nobody_is_named(crm, "k-ana-1", "ana@acme.example", "k-new")
    last = crm.ledger("contacts")[-1]
    assert (last["outcome"], last["rows_read"], last["rows_erased"]) == ("erased", 1, 2)


def test_further_ids_of_the_same_person_are_learned_from_what_is_cut(crm: Deliveries) -> None:
    forget(crm)
    crm.deliver(
        "lead_history",
        "2026-01-05.csv",
        lines("history_id,lead_id,field,old_value,new_value,changed_at", "h1,l-new,status,a,b,2026-01-05"),
    )
    crm.deliver(
        "leads",
        "2026-01-05.csv",
        lines("lead_id,created_at,updated_at,email", "l-new,2026-01-05,2026-01-05,ana@acme.example"),
    )
    for name in ("lead_history", "leads", "lead_history"):
        crm.ingest(name)
    assert crm.accepted("lead_history", "history_id") == []
    assert_nobody_is_named(crm, "ana@acme.example", "l-new")


def test_a_lead_of_somebody_else_with_the_persons_e_mail_tells_no_further_id(crm: Deliveries) -> None:
    forget(crm)
    crm.deliver(
        "leads",
        "2026-01-05.csv",
        lines(
            "lead_id,created_at,updated_at,contact_id,email",
            "l-luis,2026-01-05,2026-01-05,k-luis-1,ana@acme.example",
            "l-own,2026-01-05,2026-01-05,k-ana-1,",
        ),
    )
    crm.ingest("leads")
    listed = load_suppression(crm.home)
    assert not listed.holds(Name(LEAD, "l-luis"))
    assert listed.holds(Name(LEAD, "l-own"))


def test_the_original_delivered_anew_is_known_and_stays_out_of_the_archive(crm: Deliveries) -> None:
    path = crm.deliver("contacts", "2026-01-05.csv", lines(*LINES))
    crm.ingest("contacts")
    forget(crm)
    touch_again(path)
    crm.ingest("contacts")
    assert len(crm.ledger("contacts")) == 1
    assert_nobody_is_named(crm)


def test_files_that_are_refused_unread_are_cut_as_well(crm: Deliveries) -> None:
    forget(crm)
    crm.deliver("contacts", "2026-01-05.csv", lines(*LINES))
    crm.deliver("contacts", "2026-01-05.jsonl", jsonl_text(LINES))
    crm.deliver("contacts", "2026-01-06.csv", lines(*LINES))
    crm.deliver("contacts", "2026-01-06.again.csv", lines(*LINES))
    crm.ingest("contacts")
    assert sorted(row["outcome"] for row in crm.ledger("contacts")) == [
        "erased",
        "refused",
        "refused",
        "repeated",
    ]
    assert_nobody_is_named(crm)


def test_a_changed_declaration_reads_the_rewritten_file(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.csv", lines(*LINES))
    crm.ingest("contacts")
    forget(crm)
    crm.declare(timezone="America/Mexico_City")
    assert crm.ingest("contacts").reread == 1
    assert crm.accepted("contacts", "contact_id") == [("k-luis-1",), ("k-eva-1",)]
    (row,) = crm.ledger("contacts")
    assert (row["outcome"], row["rows_erased"]) == ("erased", 1)


def test_raw_that_was_deleted_is_rebuilt_without_the_person(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.csv", lines(*LINES))
    crm.ingest("contacts")
    forget(crm)
    before = crm.written_files()
    for path in (crm.home / "raw").rglob("*.parquet"):
        path.unlink()
    crm.ingest("contacts")
    assert crm.written_files() == before


# ---------------------------------------------------------------- killed anywhere


class Killed(BaseException):
    """As a kill would: nothing catches it."""


@pytest.mark.parametrize("kill_at", range(1, 9))
def test_killed_anywhere_and_run_again_it_converges(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch, kill_at: int
) -> None:
    crm.deliver("contacts", "2026-01-05.csv", lines(*LINES))
    crm.deliver("contacts", "2026-01-06.csv", lines(CONTACTS, ANA, "k-ana-1,soon,x,"))
    crm.deliver("contacts", "2026-01-07.csv", lines("contact_id,email", "k-ana-1,x"))
    crm.ingest("contacts")
    steps = 0

    def dying(function: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object) -> object:
            nonlocal steps
            steps += 1
            if steps == kill_at:
                raise Killed
            return function(*arguments)

        return step

    with monkeypatch.context() as patched:
        for module, name in (
            (archive, "place"),
            (ledger, "append"),
            (erasure, "drop_unreferenced"),
            (erasure, "drop_erased_originals"),
            (erasure, "mark_erased"),
        ):
            patched.setattr(module, name, dying(getattr(module, name)))
        with pytest.raises(Killed):
            forget(crm)
    forget(crm)
    assert_nobody_is_named(crm)
    assert crm.accepted("contacts", "contact_id") == [("k-luis-1",), ("k-eva-1",)]
    counts = [[row[f"rows_{name}"] for name in ("read", "erased")] for row in crm.ledger("contacts")]
    assert counts == [[2, 1], [0, 2], [0, 0]]


# ---------------------------------------------------------------- vendors


def test_every_object_of_every_family_says_which_columns_name_people() -> None:
    for family, objects in FAMILIES.items():
        assert set(NAMING_COLUMNS[family]) == set(objects), family
        for name, naming in NAMING_COLUMNS[family].items():
            columns = {column.name for column in objects[name].columns}
            assert {*naming.ids, *([naming.own] if naming.own else [])} <= columns, (family, name)


def test_a_salesforce_id_is_the_same_in_fifteen_and_in_eighteen_characters(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, family="salesforce")
    crm.deliver(
        "tasks",
        "2026-01-05.csv",
        lines(
            "Id,WhoId,OwnerId,Status,IsClosed",
            "00T5g00000AAAAAEA4,00Q5g00000BBBBBEA4,0055g00000CCCCCEA4,Open,false",
            "00T5g00000AAAABEA4,00Q5g00000BBBBB,0055g00000CCCCCEA4,Open,false",
            "00T5g00000AAAACEA4,00Q5g00000BBBBC,0055g00000CCCCCEA4,Open,false",
        ),
    )
    crm.ingest("tasks")
    forget(crm, "tasks", names=(Name(LEAD, "00Q5g00000BBBBB"),))
    (row,) = crm.ledger("tasks")
    assert row["rows_erased"] == 2


def test_a_hubspot_contact_goes_with_what_names_it_as_merged(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, family="hubspot")
    crm.deliver(
        "contacts",
        "2026-01-05.csv",
        lines(
            "hs_object_id,createdate,lastmodifieddate,email,hs_merged_object_ids",
            "101,2026-01-05,2026-01-05,,",
            "102,2026-01-05,2026-01-05,,100;101",
            "103,2026-01-05,2026-01-05,,104",
        ),
    )
    crm.ingest("contacts")
    forget(crm, "contacts", names=(Name(CONTACT, "101"),))
    assert crm.accepted("contacts", "id") == [("103",)]


# ---------------------------------------------------------------- who may read it


def test_raw_quarantine_archive_and_ledger_are_readable_by_their_owner_only(crm: Deliveries) -> None:
    crm.deliver("contacts", "2026-01-05.csv", lines(CONTACTS, LUIS, "k,soon,x,y"))
    crm.ingest("contacts")
    forget(crm)
    for zone in ("raw", "quarantine", "archive", "ledger", "history/suppression"):
        found = [crm.home / zone, *(crm.home / zone).rglob("*")]
        assert any(path.is_file() for path in found)
        for path in found:
            assert path.stat().st_mode & 0o077 == 0, path


def test_nobody_can_be_read_out_of_the_list(crm: Deliveries) -> None:
    forget(crm)
    entries = load_suppression(crm.home).entries
    assert sorted(entries["kind"].to_pylist()) == ["contact", "email"]
    assert hashlib.sha256(b"k-ana-1").hexdigest() not in entries["hash"].to_pylist()
    assert_nobody_is_named(crm)


def test_the_engine_hashes_as_python_does(crm: Deliveries) -> None:
    listed = suppress(crm.home, [Name(EMAIL, "ana@acme.example"), Name(CONTACT, "ñandú:1")])
    with duckdb.connect() as connection:
        texts = pa.array(["x ANA@acme.example", "ñandú:1", "other", None])
        flags = listed.texts_naming(connection, texts, kinds=(CONTACT,))
    assert flags.tolist() == [True, True, False, False]
