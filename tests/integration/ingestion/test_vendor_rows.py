"""Rows of vendors' objects that can't be used: each in quarantine with its reason, and none lost whatever comes."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest

from dagster_project.extracts import objects_of
from tests.unit.extracts.deliveries import Deliveries

# The capital of 00Q is the third of its five: the bit of 4, the letter E.
LEAD, OTHER = "00Q5g0000000001", "7015g0000000001"
AT = "2026-01-05T16:00:00.000+0000"

NASTY = (
    "",
    " ",
    "1",
    "101",
    "-5",
    "1.5",
    "NaN",
    "true",
    "No",
    "sí",
    "2026-01-05",
    "2026-01-05T10:00:00Z",
    "2026-02-30",
    "1767225600000",
    "1767225600",
    "99999999999999",
    "00Q5g0000000001",
    "00Q5g0000000001AAA",
    "0055g00000ABCDEAA5",
    "MXN",
    "Ünïcode 🙂",
    "=cmd|'/C calc'!A0",
    "<b>bold</b>",
    "x'; drop table leads; --",
    "a\nb",
    "é" * 300,
)


def as_csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize(
    ("family", "object_name", "row", "reason", "column"),
    [
        (
            "salesforce",
            "leads",
            {"Id": LEAD + "AAB", "CreatedDate": AT, "LastModifiedDate": AT},
            "impossible_value",
            "id",
        ),
        (
            "salesforce",
            "leads",
            {"Id": "Rosa", "CreatedDate": AT, "LastModifiedDate": AT},
            "unreadable_value",
            "id",
        ),
        (
            "salesforce",
            "leads",
            {"Id": LEAD, "CreatedDate": "1767225600000", "LastModifiedDate": AT},
            "unreadable_value",
            "created_date",
        ),
        ("salesforce", "lead_history", {"Id": OTHER, "LeadId": "", "Field": "Status", "CreatedDate": AT},
         "missing_value", "lead_id"),
        ("salesforce", "tasks", {"Id": OTHER, "IsClosed": "true"}, "missing_value", "activity_date"),
        ("salesforce", "tasks", {"Id": OTHER, "ActivityDate": "2026-01-05T10:00:00Z"}, "unreadable_value",
         "activity_date"),
        ("salesforce", "campaigns", {"Id": OTHER, "Name": "Feria", "ActualCost": "-1"}, "impossible_value",
         "actual_cost"),
        ("salesforce", "campaigns", {"Id": OTHER, "Name": "Feria", "ActualCost": "1", "CurrencyIsoCode": "EUR"},
         "unknown_currency", "currency_iso_code"),
        ("salesforce", "campaign_members", {"Id": OTHER, "CampaignId": OTHER, "LeadId": "", "ContactId": ""},
         "missing_value", "lead_id"),
        ("salesforce", "campaign_members", {"Id": OTHER, "CampaignId": OTHER, "LeadId": LEAD, "HasResponded": "1"},
         "missing_value", "first_responded_date"),
        ("hubspot", "contacts", {"id": "a1", "createdate": AT, "lastmodifieddate": AT}, "unreadable_value", "id"),
        ("hubspot", "contacts", {"id": "1", "createdate": "99999999999999", "lastmodifieddate": AT},
         "unreadable_value", "createdate"),
        ("hubspot", "contacts", {"id": "1", "createdate": "631151999999", "lastmodifieddate": AT},
         "impossible_value", "createdate"),
        ("hubspot", "campaigns", {"id": "g", "hs_name": "Feria", "hs_spend_items_sum_amount": "-0.01"},
         "impossible_value", "hs_spend_items_sum_amount"),
        ("hubspot", "email_events", {"id": "e", "type": "OPEN", "created": AT, "recipient": ""}, "missing_value",
         "recipient"),
        ("hubspot", "deals", {"id": "1", "createdate": AT, "hs_lastmodifieddate": AT, "hs_is_closed": "true"},
         "impossible_value", "closedate"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_in_quarantine_with_its_reason(
    tmp_path: Path, family: str, object_name: str, row: dict[str, str], reason: str, column: str
) -> None:
    crm = Deliveries(tmp_path, family=family)
    crm.deliver(object_name, "2026-01-05.csv", as_csv([row]))
    (delivery,) = crm.ingest(object_name).deliveries
    assert (delivery.outcome, delivery.rows_accepted, delivery.rows_quarantined) == ("accepted", 0, 1)
    assert crm.quarantined(object_name) == [(2, reason, column)]


def test_a_campaign_without_an_amount_needs_no_currency(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, family="salesforce")
    crm.deliver("campaigns", "2026-01-05.csv", as_csv([{"Id": OTHER, "Name": "F", "CurrencyIsoCode": "EUR"}]))
    assert crm.ingest("campaigns").rows_accepted == 1


def test_ids_are_kept_by_their_15_characters(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, family="salesforce")
    rows = [
        {"Id": LEAD + "EAA", "CreatedDate": AT, "LastModifiedDate": AT, "OwnerId": "0055g00000ABCDEAA5"},
        {"Id": LEAD, "CreatedDate": AT, "LastModifiedDate": AT, "OwnerId": "0055g00000ABCDE"},
    ]
    crm.deliver("leads", "2026-01-05.csv", as_csv(rows))
    assert crm.ingest("leads").deliveries[0].rows_duplicate == 1
    assert crm.accepted("leads", "id, owner_id") == [(LEAD, "0055g00000ABCDE")] * 2


@pytest.mark.parametrize("family", ["hubspot", "salesforce"])
def test_whatever_stands_in_a_vendors_rows_each_is_accepted_or_in_quarantine(
    tmp_path: Path, family: str
) -> None:
    draw = random.Random(7)
    for object_name, declaration in objects_of(family).items():
        crm = Deliveries(tmp_path / object_name, family=family)
        names = [column.name for column in declaration.columns]
        rows = [{name: draw.choice(NASTY) for name in names} for _ in range(40)]
        crm.deliver(object_name, "2026-01-05.csv", as_csv(rows))
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        crm.deliver(object_name, "2026-01-06.jsonl", lines)
        for delivery in crm.ingest(object_name).deliveries:
            assert delivery.outcome == "accepted", delivery.reason
            assert delivery.rows_read == 40
            assert delivery.rows_accepted + delivery.rows_quarantined == 40
        of_csv, of_jsonl = (
            [row for row in crm.accepted(object_name, "_extract_date, * exclude (_extract_date, _line, _file)")
             if str(row[0]) == day]
            for day in ("2026-01-05", "2026-01-06")
        )  # fmt: skip
        assert [row[1:] for row in of_csv] == [row[1:] for row in of_jsonl]
