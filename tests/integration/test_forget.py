"""`make sandbox` and `make forget`: nothing changes by the former; after the latter nobody finds her any more."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dagster_project.commands import forget as forget_command
from dagster_project.commands.console import Console
from dagster_project.commands.sandbox import Tried, difference_text, try_out
from dagster_project.contract import load_contracts
from dagster_project.extracts import read_ledger
from dagster_project.forgetting import files_naming, forget_in_database, forget_in_history, forget_in_log
from dagster_project.settings import PROJECT_FOLDER, Settings, load_settings
from tests.integration.command_line import Ran, command, history_settings, published_rows
from tests.pipeline import ingest
from tests.published_home import publish_history
from tests.published_texts import text_of
from tests.scenarios.history import QUEUE, ROSA, History, a_contract

ANA = "contact-ana-0001"
NAMES = (ANA, "ana.ejemplo@acme.example", "lead-ana-0001", "contact-ana-0002", "ana.antes@acme.example")
OTHER_EMAIL, PHONE, FULL_NAME = "otro.cliente@acme.example", "+52 55 1234 5678", "Evangelina Ejemplar"
COMMITMENTS = [
    {"id": "mql-volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 1},
    {"id": "first-response", "owner": "sales", "metric": "first_attempt_on_time_rate", "at_least": 0.5},
]


def a_company(folder: Path) -> Path:
    """Ana, known by two contacts, an earlier e-mail and a lead, and Luis; both are MQLs of January."""
    history = History(a_contract(commitments=COMMITMENTS))
    ana = history.person(ANA).touch("2026-01-12 10:00")
    ana.lead("2026-01-12 10:00", lead_id="lead-ana-0001", owner_id=QUEUE).owner("2026-01-12 11:00", ROSA)
    ana.has("2026-01-02 10:00", email="ana.antes@acme.example")
    ana.has("2026-01-03 10:00", email="ana.ejemplo@acme.example")
    ana.activity("2026-01-12 12:00")
    ana.opportunity("2026-01-20 10:00", won="2026-01-25 10:00")
    history.person("contact-ana-0002", created="2026-01-08 10:00", email="Ana.Ejemplo@acme.example")
    history.campaign("expo")
    history.row("campaigns", campaign_id="letter", campaign_name="To ana.ejemplo@acme.example")
    luis = history.mql("contact-luis-0001", "2026-01-13 10:00", "2026-01-13 11:00")
    luis.activity("2026-01-13 12:00")
    history.row("touches", touch_id="t-bad", contact_id=ANA, occurred_at="soon", touch_type="page_view")
    # what somebody may type in odd places
    luis.status("2026-01-14 10:00", "Rejected")
    luis.leads[0].first["rejection_reason"] = f"write to {OTHER_EMAIL} or {PHONE}"
    luis.activity("2026-01-14 09:00", outcome=f"{OTHER_EMAIL} answered {PHONE}")
    history.campaign("fair")
    history.row("campaigns", campaign_id="call", campaign_name=f"Call {PHONE}", channel=OTHER_EMAIL)
    history.person("contact-eva-0001", industry=PHONE, country=OTHER_EMAIL, full_name=FULL_NAME, mobile=PHONE)
    history.write(folder)
    contacts = folder / "extracts" / "company" / "contacts"
    (contacts / "2026-03-30.csv").write_text(f"contact-x-0001,2026-01-02,{OTHER_EMAIL},{PHONE}\n")
    for path in sorted((folder / "extracts" / "company" / "activities").glob("*.csv")):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    return folder


@dataclass(frozen=True)
class Forgotten:
    """The company before and after; `tried` is a sandbox in between, and what it left untouched."""

    history: Path
    home: Path
    before: list[tuple[object, ...]]
    told: list[str]
    tried: Tried
    tried_text: str
    is_untouched: bool
    ran: Ran

    @property
    def settings(self) -> dict[str, str]:
        return history_settings(self.history, self.home)


STATED = "select commitment_id, actual, met from marts.sla_attainment where period = date '2026-01-01' order by all"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Forgotten:
    folder = tmp_path_factory.mktemp("forget")
    history, home = a_company(folder / "history"), folder / "home"
    settings = history_settings(history, home)
    ran = command("run", settings)
    assert ran.status == 0, ran.output
    before = published_rows(home, STATED)
    told = [ran.output, *shown_texts(home)]
    kept = content_of_what_is_kept(home)
    tried = try_out(
        load_settings(settings, env_file=Path("no such file")), *changed_definitions(history, folder)
    )
    is_untouched = content_of_what_is_kept(home) == kept
    (home / "logs" / "told.log").write_text(f"one\ntwo {ANA}\nthree\n")

    # The run at the end is another of the same kind as the first; tests/faults/whole has it.
    def state_anew(under: Settings, _: Console) -> int:
        shutil.rmtree(under.published)
        publish_history(history, under.home)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forget_command, "run", state_anew)
        forgotten = command("forget", settings, "--person", NAMES[1])
    return Forgotten(history, home, before, told, tried, difference_text(tried), is_untouched, forgotten)


def shown_texts(home: Path) -> list[str]:
    """All that a run publishes, logs, notes in Dagster and draws as pages."""
    shown = [
        path
        for zone in ("published", "logs", "dagster")
        for path in (home / zone).rglob("*")
        if path.is_file()
    ]
    shown += [*(home / "build").glob("*.html"), *(home / "ledger").rglob("*.parquet")]
    return [f"{path}\n{text_of(path)}" for path in shown]


def content_of_what_is_kept(home: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for zone in ("archive", "ledger", "raw", "quarantine", "published", "history")
        for path in (home / zone).rglob("*")
        if path.is_file()
    }


def changed_definitions(history: Path, folder: Path) -> tuple[Path, Path]:
    """A copy of the contract that promises five MQLs, and one of the models in which an attempt is what comes in."""
    contracts = shutil.copytree(history / "contracts", folder / "contracts")
    contract = contracts / "v1.yml"
    contract.write_text(contract.read_text().replace("at_least: 1\n", "at_least: 5\n"))
    dbt = shutil.copytree(
        PROJECT_FOLDER / "dbt", folder / "dbt", ignore=shutil.ignore_patterns("target", "logs")
    )
    model = dbt / "models" / "intermediate" / "mqls" / "int_attempts.sql"
    model.write_text(model.read_text().replace("direction = 'outbound'", "direction = 'inbound'"))
    return contracts, dbt


# ---------------------------------------------------------------- everything


def test_nobody_is_named_in_any_byte_that_is_kept(company: Forgotten) -> None:
    assert company.ran.status == 0, company.ran.output
    paths = [path for path in company.home.rglob("*") if path.is_file()]
    assert len(paths) > 30
    for path in paths:
        text = text_of(path).lower()
        assert [name for name in NAMES if name in text] == [], path


def test_the_figures_are_stated_without_her(company: Forgotten) -> None:
    assert company.before == [("first-response", 1.0, 2), ("mql-volume", 2.0, None)]
    assert published_rows(company.home, STATED) == [("first-response", 1.0, 1), ("mql-volume", 1.0, None)]


def test_the_ledger_says_which_files_were_rewritten(company: Forgotten) -> None:
    rows = read_ledger(company.home).to_pylist()
    erased = {row["object"]: row["rows_erased"] for row in rows if row["outcome"] == "erased"}
    # her two contacts in four versions, her touches (one of them unreadable), her lead and its hand-off, …
    assert erased == {
        "contacts": 4,
        "touches": 2,
        "leads": 1,
        "lead_history": 1,
        "activities": 1,
        "opportunities": 1,
        "campaigns": 1,
    }
    assert all(row["rows_read"] == row["rows_accepted"] + row["rows_quarantined"] for row in rows)
    assert published_rows(
        company.home, "select sum(rows_erased), count(kept_sha256) from marts.extract_ledger"
    ) == [(11, 7)]


def test_what_the_landing_folder_still_holds_is_named(company: Forgotten) -> None:
    assert "The landing folder is only read, and still names the person in 7 files" in company.ran.output
    assert str(company.history / "extracts" / "company" / "contacts" / "2026-03-31.csv") in company.ran.output


def test_others_stay_as_they_were(company: Forgotten) -> None:
    assert published_rows(company.home, "select person_id from marts.fct_mqls") == [("contact-luis-0001",)]
    assert (company.home / "logs" / "told.log").read_text() == "one\nthree\n"


def test_the_same_command_again_changes_no_delivery_and_the_next_dump_brings_nobody_back(
    company: Forgotten, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history, home = tmp_path / "history", tmp_path / "home"
    shutil.copytree(company.history, history)
    shutil.copytree(company.home, home)
    for path in sorted((history / "extracts" / "company").glob("*/*")):
        path.rename(path.with_name(path.name.replace("2026-03-31", "2026-04-30")))

    def next_ingestion(settings: Settings, _: Console) -> int:
        ingest(history, settings.home, load_contracts(settings.contracts))
        return 0

    monkeypatch.setattr(forget_command, "run", next_ingestion)
    again = command("forget", history_settings(history, home), "--person", ANA)
    assert again.status == 0, again.output
    assert "deliveries rewritten: 0" in again.output
    rows = [row for row in read_ledger(home).to_pylist() if row["extract_date"] == date(2026, 4, 30)]
    assert sum(row["rows_erased"] for row in rows) == 11
    for path in (path for path in home.rglob("*") if path.is_file()):
        text = text_of(path).lower()
        assert [name for name in NAMES if name in text] == [], path


def test_only_what_is_published_may_be_looked_into_by_others(company: Forgotten) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in company.home.iterdir() if path.is_dir()}
    others = modes.keys() - {"published"}
    assert others >= {"archive", "raw", "quarantine", "ledger", "build", "history", "logs", "dagster"}
    assert {modes[name] for name in others} == {0o700}


# ---------------------------------------------------------------- before it, what a run shows


def test_no_e_mail_name_or_phone_is_published_logged_or_shown(company: Forgotten) -> None:
    assert len(company.told) > 30
    for text in company.told:
        place = text.partition("\n")[0]
        for personal in (*NAMES[1:2], NAMES[4], OTHER_EMAIL, PHONE, "1234 5678", FULL_NAME):
            assert personal.lower() not in text.lower(), place
        # who signed the agreement stands on the review page, and nowhere else
        assert "Mara Muestra" not in text or "/published/review/" in place, place


def test_what_was_typed_beside_stays_readable(company: Forgotten) -> None:
    assert published_rows(
        company.home, "select campaign_name, channel from marts.dim_campaigns where campaign_id = 'call'"
    ) == [("Call (removed)", "(removed)")]
    assert published_rows(
        company.home, "select rejection_reason from marts.fct_mqls where person_id = 'contact-luis-0001'"
    ) == [("write to (removed) or (removed)",)]


# ---------------------------------------------------------------- before it, a sandbox


def test_a_sandbox_says_what_was_changed_and_what_that_does(company: Forgotten) -> None:
    assert company.tried.failures is None
    assert company.tried.changed_models == ["int_attempts"]
    assert company.tried.changed_contracts == ["v1.yml"]
    january = {
        row["commitment_id"]: (
            row["published_target"],
            row["published_actual"],
            row["sandbox_target"],
            row["sandbox_actual"],
        )
        for row in company.tried.rows
        if row["period"] == date(2026, 1, 1)
    }
    assert january == {
        "mql-volume": (1, 2.0, 5, 2.0),
        "first-response": (Decimal("0.5"), 1.0, Decimal("0.5"), 0.0),
    }
    assert "Changed models: int_attempts\nChanged contract files: v1.yml\n" in company.tried_text


def test_only_changed_rows_are_shown(company: Forgotten) -> None:
    # no MQL is of February or March: their first-response has no figure on either side
    shown = [(f"{row['period']:%m}", row["commitment_id"]) for row in company.tried.rows]
    assert shown == [
        ("01", "first-response"),
        ("01", "mql-volume"),
        ("02", "mql-volume"),
        ("03", "mql-volume"),
    ]


def test_a_sandbox_publishes_nothing_and_changes_nothing_that_is_kept(company: Forgotten) -> None:
    assert company.is_untouched
    assert company.tried.warehouse == company.home / "sandbox" / "warehouse.duckdb"


def test_a_sandbox_needs_something_published_and_a_dbt_folder(tmp_path: Path) -> None:
    History(a_contract()).write(tmp_path / "history")
    settings = history_settings(tmp_path / "history", tmp_path / "home")
    assert "Nothing is published yet" in command("sandbox", settings).last_lines
    assert "holds no dbt_project.yml" in command("sandbox", settings, "--dbt", str(tmp_path)).last_lines


# ---------------------------------------------------------------- who can't be forgotten


def test_an_unknown_id_and_a_shared_mailbox_name_nobody(tmp_path: Path) -> None:
    history = History(a_contract(), shared_emails=["info@"])
    history.person("somebody", email="info@acme.example")
    history.write(tmp_path / "history")
    settings = history_settings(tmp_path / "history", tmp_path / "home")
    unknown = command("forget", settings, "--person", "nobody")
    assert unknown.status == 1
    assert "make run" in unknown.last_lines
    shared = command("forget", settings, "--person", "info@acme.example")
    assert shared.status == 1
    assert "this mailbox is shared" in shared.last_lines
    assert not (tmp_path / "home" / "history" / "suppression").exists()


def test_a_build_that_a_killed_run_left_holds_nobody_up_who_is_on_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history, home = a_company(tmp_path / "history"), tmp_path / "home"
    settings = history_settings(history, home)
    publish_history(history, home)

    def killed(under: Settings, _: Console) -> int:
        duckdb.connect(under.build_warehouse).close()
        return 1

    monkeypatch.setattr(forget_command, "run", killed)
    assert command("forget", settings, "--person", ANA).status == 1
    unknown = command("forget", settings, "--person", "contact-luis-0001")
    assert "is not finished: run everything (make run)" in unknown.last_lines

    def ends(under: Settings, _: Console) -> int:
        publish_history(history, under.home)
        return 0

    monkeypatch.setattr(forget_command, "run", ends)
    again = command("forget", settings, "--person", ANA)
    assert again.status == 0, again.output
    assert published_rows(home, "select person_id from marts.fct_mqls") == [("contact-luis-0001",)]


def test_a_source_that_is_no_longer_declared_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "home" / "ledger" / "old_crm" / "contacts").mkdir(parents=True)
    history = History(a_contract())
    history.write(tmp_path / "history")
    ran = command(
        "forget", history_settings(tmp_path / "history", tmp_path / "home"), "--person", "x@y.example"
    )
    assert ran.status == 1
    assert "Files of old_crm are in the archive" in ran.last_lines


# ---------------------------------------------------------------- the parts


def finder(texts: pa.Array) -> npt.NDArray[np.bool_]:
    flags: npt.NDArray[np.bool_] = pc.fill_null(pc.match_substring(texts, "ANA"), False).to_numpy(
        zero_copy_only=False
    )
    return flags


def test_the_search_looks_inside_every_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_bytes(b"x" * 1_048_570 + b"..ANA..")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(b"ANA"))
    (tmp_path / "utf16.csv").write_bytes("ANA".encode("utf-16"))
    pq.write_table(pa.table({"a": ["x", "ANA"]}), tmp_path / "table.parquet")
    with zipfile.ZipFile(tmp_path / "sheet.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", "<t>ANA</t>")
    with duckdb.connect(tmp_path / "some.duckdb") as connection:
        connection.execute("create table t as select 'ANA' || range as c, [range] as l from range(1000)")
    with sqlite3.connect(tmp_path / "some.db") as database:
        database.execute("create table t (c text)")
        database.execute('insert into t values (\'{"id": "ANA"}\')')
    (tmp_path / "innocent.txt").write_text("nothing")
    paths = sorted(path for path in tmp_path.iterdir())
    assert [path.name for path in files_naming(paths, finder)] == [
        path.name for path in paths if path.name != "innocent.txt"
    ]


def test_mentions_are_taken_out_and_nothing_else(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("a\nb ANA\nc\n")
    forget_in_log(log, finder)
    assert log.read_text() == "a\nc\n"

    database = tmp_path / "some.db"
    with sqlite3.connect(database) as connection:
        connection.execute("create table t (c text)")
        connection.executemany("insert into t values (?)", [("ANA",), ("LUIS",)])
    forget_in_database(database, finder)
    with sqlite3.connect(database) as connection:
        assert connection.execute("select c from t").fetchall() == [("(erased)",), ("LUIS",)]
    assert b"ANA" not in database.read_bytes()

    records = tmp_path / "restatement_records.parquet"
    pq.write_table(
        pa.table({"object": ["contacts", "touches"], "record_id": ["ANA", "touch of ANA"]}), records
    )
    forget_in_history(records, finder)
    assert pq.read_table(records).to_pydict() == {"object": ["touches"], "record_id": ["touch of ANA"]}

    restatements = tmp_path / "restatements.parquet"
    pq.write_table(pa.table({"records": ["contacts ANA, leads L1", None]}), restatements)
    forget_in_history(restatements, finder)
    assert pq.read_table(restatements).to_pydict() == {"records": ["leads L1", None]}
