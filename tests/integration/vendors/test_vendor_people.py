"""People of HubSpot and Salesforce: where a figure about them comes from, and how they are forgotten in both."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from dagster_project.commands import forget as forget_command
from dagster_project.commands.console import Console
from dagster_project.commands.explain import Explanation, archive_of, explain
from dagster_project.extracts import read_ledger
from dagster_project.forgetting import names_of_person
from dagster_project.settings import Settings
from tests.integration.command_line import Ran, command, history_settings, published_rows
from tests.published_home import publish_history
from tests.published_texts import text_of
from tests.scenarios.vendors import (
    CRM,
    MARKETING,
    QUEUE,
    ROSA,
    VendorHistory,
    epoch,
    long_id,
    salesforce_time,
)

JANUARY = date(2026, 1, 1)
ANA, ANA_BEFORE, ANA_UNSEEN, LUIS = "410000001", "410000002", "410000004", "410000003"
ANA_LEAD, ANA_OTHER_LEAD, ANA_CONTACT = "00Q5g0000000ANA", "00Q5g0000000ANB", "0035g0000000ANA"
ANA_OTHER_CONTACT, DEAL = "0035g0000000ANB", "0065g0000000ANA"
NAMES = (
    *(ANA, ANA_BEFORE, ANA_UNSEEN, ANA_LEAD, ANA_OTHER_LEAD, ANA_CONTACT, ANA_OTHER_CONTACT),
    *("ana@acme.example", "ana.antes@acme.example", "ana.casa@acme.example", "ana.otra@acme.example"),
)
COMMITMENTS = [
    {"id": "mql-volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 1},
    {"id": "first-response", "owner": "sales", "metric": "first_attempt_on_time_rate", "at_least": 0.5},
    {"id": "revenue", "owner": "sales", "metric": "revenue_won", "at_least": 1},
]


def a_company() -> VendorHistory:
    """Ana, whom three contacts, two leads and a converted lead's contact stand for; and Luis, who was called."""
    history = VendorHistory(
        {MARKETING: {"family": "hubspot"}, CRM: {"family": "salesforce", "sales_departments": ["Ventas"]}},
        commitments=COMMITMENTS,
    )
    history.user(ROSA, Name="Rosa Rentería", Department="Ventas")
    history.contact(ANA_BEFORE, email="ana.antes@acme.example")
    history.contact(ANA, email="ana@acme.example")
    merged_at = epoch("2026-01-04 10:00")
    history.contact(
        ANA,
        lastmodifieddate=merged_at,
        email="ana@acme.example",
        hs_merged_object_ids=f"{ANA_BEFORE};{ANA_UNSEEN}",
    )
    history.form(ANA_BEFORE, "2026-01-03 09:00")
    history.form(ANA_UNSEEN, "2026-01-04 09:00")
    history.form(ANA, "2026-01-05 09:00")
    history.row(
        MARKETING,
        "email_events",
        id="open-1",
        type="OPEN",
        created=epoch("2026-01-05 08:00"),
        recipient="Ana@acme.example",
    )
    history.lead("ana@acme.example", "2026-01-05 09:00", Id=ANA_LEAD)
    history.changed(ANA_LEAD, "Owner", QUEUE, ROSA, "2026-01-05 10:00")
    history.task(long_id(ANA_LEAD), "2026-01-05 11:00")
    converted_at = salesforce_time("2026-01-06 10:00")
    history.lead(
        "ana@acme.example",
        "2026-01-05 09:00",
        owner=ROSA,
        Id=ANA_LEAD,
        LastModifiedDate=converted_at,
        IsConverted="true",
        ConvertedDate="2026-01-06",
        ConvertedContactId=ANA_CONTACT,
        ConvertedOpportunityId=DEAL,
    )
    history.row(CRM, "contacts", Id=ANA_CONTACT, Email="ana.casa@acme.example", LastModifiedDate=converted_at)
    history.row(
        CRM,
        "contacts",
        Id=ANA_OTHER_CONTACT,
        MasterRecordId=ANA_CONTACT,
        IsDeleted="true",
        LastModifiedDate=converted_at,
    )
    history.task(ANA_CONTACT, "2026-01-07 11:00")
    history.task(ANA_OTHER_CONTACT, "2026-01-07 12:00")
    history.lead("ana.otra@acme.example", "2026-01-05 09:30", Id=ANA_OTHER_LEAD)
    history.lead(
        "ana.otra@acme.example",
        "2026-01-05 09:30",
        Id=ANA_OTHER_LEAD,
        LastModifiedDate=salesforce_time("2026-01-05 09:40"),
        MasterRecordId=ANA_LEAD,
        IsDeleted="true",
    )
    history.row(CRM, "campaigns", Id="7015g0000000001", Name="Carta a ana.casa@acme.example", Type="Correo")
    history.row(
        CRM,
        "opportunities",
        Id=DEAL,
        CreatedDate=converted_at,
        LastModifiedDate=salesforce_time("2026-01-20 10:00"),
        OwnerId=ROSA,
        Amount="1000",
        StageName="Ganada",
        IsClosed="true",
        IsWon="true",
        CloseDate="2026-01-20",
    )
    history.row(
        CRM, "opportunity_contact_roles", Id="00K5g0000000ANA", OpportunityId=DEAL, ContactId=ANA_CONTACT
    )
    _, luis = history.mql("luis", number=LUIS)
    history.task(luis, "2026-01-05 12:00")
    return history


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("people")
    a_company().write(folder / "history")
    return publish_history(folder / "history", folder / "home")


# ---------------------------------------------------------------- where a figure comes from


def test_an_obligation_rests_on_the_files_and_lines_of_both_vendors(settings: Settings) -> None:
    explanation = explain(settings, JANUARY, "first-response", person=ANA)
    assert {(row.record.role, row.file.rpartition("/")[0]) for row in explanation.rows} == {
        ("the person", "marketing/contacts"),
        ("the same person", "marketing/contacts"),
        ("touch", "marketing/form_submissions"),
        ("lead", "crm/leads"),
        ("handed off", "crm/lead_history"),
        ("rep", "crm/users"),
        ("attempt", "crm/tasks"),
        ("opportunity", "crm/opportunities"),
    }
    assert_each_line_holds_its_record(settings, explanation)


@pytest.mark.parametrize(
    ("commitment", "objects"),
    [
        ("mql-volume", {"marketing/contacts", "marketing/form_submissions"}),
        ("revenue", {"crm/opportunities", "crm/leads"}),
    ],
)
def test_a_volume_rests_on_them_too(settings: Settings, commitment: str, objects: set[str]) -> None:
    explanation = explain(settings, JANUARY, commitment, person=ANA)
    assert objects <= {row.file.rpartition("/")[0] for row in explanation.rows}
    assert_each_line_holds_its_record(settings, explanation)


def assert_each_line_holds_its_record(settings: Settings, explanation: Explanation) -> None:
    assert explanation.rows
    for row in explanation.rows:
        # A touch's id says which kind of record it is of, before a colon.
        record_id = row.record.record_id.rpartition(":")[2]
        for path in (settings.extracts / row.file, archive_of(settings, row)):
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))
            # Eighteen characters begin with fifteen; a merged contact stands among others.
            assert any(record_id in value for value in rows[row.line - 1]), row


# ---------------------------------------------------------------- how somebody is forgotten


def test_every_name_of_hers_leads_to_all_the_others(settings: Settings) -> None:
    found = {name: set(names_of_person(settings.build_warehouse, name)) for name in NAMES}
    assert {each.name for each in found[ANA]} == set(NAMES)
    assert all(names == found[ANA] for names in found.values())
    assert {each.name for each in names_of_person(settings.build_warehouse, LUIS)} >= {
        LUIS,
        "luis@acme.example",
    }


@dataclass(frozen=True)
class Forgotten:
    """The same company after Ana was forgotten by one of her names."""

    home: Path
    before: list[tuple[object, ...]]
    ran: Ran


STATED = "select commitment_id, actual, met from marts.sla_attainment where period = date '2026-01-01' order by all"


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory: pytest.TempPathFactory) -> Forgotten:
    folder = tmp_path_factory.mktemp("forgotten")
    history, home = folder / "history", folder / "home"
    a_company().write(history)
    publish_history(history, home)
    before = published_rows(home, STATED)

    def state_anew(settings: Settings, _: Console) -> int:
        publish_history(history, settings.home)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forget_command, "run", state_anew)
        ran = command("forget", history_settings(history, home), "--person", long_id(ANA_CONTACT))
    return Forgotten(home, before, ran)


def test_nobody_of_either_vendor_is_named_in_any_byte_that_is_kept(forgotten: Forgotten) -> None:
    assert forgotten.ran.status == 0, forgotten.ran.output
    paths = [path for path in forgotten.home.rglob("*") if path.is_file()]
    assert len(paths) > 20
    for path in paths:
        text = text_of(path).lower()
        assert [name for name in NAMES if name.lower() in text] == [], path


def test_each_object_lost_her_rows_and_no_others(forgotten: Forgotten) -> None:
    rows = read_ledger(forgotten.home).to_pylist()
    assert {f"{row['source']}/{row['object']}": row["rows_erased"] for row in rows if row["rows_erased"]} == {
        "marketing/contacts": 3,
        "marketing/form_submissions": 3,
        "marketing/email_events": 1,
        "crm/leads": 4,
        "crm/lead_history": 1,
        "crm/tasks": 3,
        "crm/contacts": 2,
        "crm/campaigns": 1,
        "crm/opportunity_contact_roles": 1,
    }
    assert {row["rows_accepted"] for row in rows if row["object"] == "opportunities"} == {1}


def test_the_figures_are_stated_without_her(forgotten: Forgotten) -> None:
    assert forgotten.before == [
        ("first-response", 1.0, 2),
        ("mql-volume", 2.0, None),
        ("revenue", 1000.0, None),
    ]
    assert published_rows(forgotten.home, STATED) == [
        ("first-response", 1.0, 1),
        ("mql-volume", 1.0, None),
        ("revenue", 0.0, None),
    ]
    assert published_rows(forgotten.home, "select person_id from marts.fct_mqls") == [(LUIS,)]
