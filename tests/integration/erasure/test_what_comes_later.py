"""Who was forgotten: nothing later brings them back, no kill leaves them, and nobody can be read out of the list."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from dagster_project.extracts import archive, erasure, ledger
from dagster_project.extracts.declarations import FAMILIES
from dagster_project.extracts.declarations.persons import CONTACT, LEAD, NAMING_COLUMNS
from dagster_project.extracts.suppression import EMAIL, Name, load_suppression, suppress
from tests.integration.erasure.people import (
    ANA,
    CONTACTS,
    EVA,
    LINES,
    LUIS,
    assert_nobody_is_named,
    forget,
    jsonl_text,
    lines,
)
from tests.unit.extracts.deliveries import Deliveries, touch_again

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
