"""Telling histories in the vendors' own objects: HubSpot's marketing, and sales in Salesforce or in HubSpot too.

Times are local times of the contract's zone, Mexico City, six hours behind UTC all year, and are written as each vendor
writes them: Salesforce with an offset of +0000, HubSpot as epoch milliseconds.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.scenarios.history import a_contract

MARKETING, CRM = "marketing", "crm"
BEHIND_UTC = timedelta(hours=6)

ROSA, RAUL = "0055g00000ROSAa", "0055g00000RAULa"
MARKETER, QUEUE = "0055g00000MARAa", "00G5g00000Queue"
SUFFIXES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def salesforce_time(local: str) -> str:
    return f"{datetime.fromisoformat(local) + BEHIND_UTC:%Y-%m-%dT%H:%M:%S}.000+0000"


def epoch(local: str) -> str:
    instant = (datetime.fromisoformat(local) + BEHIND_UTC).replace(tzinfo=UTC)
    return str(int(instant.timestamp() * 1000))


def long_id(short: str) -> str:
    """Salesforce's 18 characters for 15: each five tell by one more which of them are capitals."""
    chunks = [short[first : first + 5] for first in (0, 5, 10)]
    return short + "".join(
        SUFFIXES[sum(1 << place for place, character in enumerate(chunk) if "A" <= character <= "Z")]
        for chunk in chunks
    )


class VendorHistory:
    """Rows of vendors' objects, each in the extract of its date `on`; everything is complete through `through`."""

    def __init__(
        self, sources: Mapping[str, Mapping[str, Any]], through: str = "2026-03-31", **contract: Any
    ):
        self.sources = {
            name: {
                "timezone": "UTC",
                "currency": "MXN",
                "delivery": "dump",
                "max_quarantined_share": 1.0,
                **settings,
            }
            for name, settings in sources.items()
        }
        self.contract = a_contract(**contract)
        self.timezone = str(self.contract["timezone"])
        self.through = through
        self.rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._number = 0

    def row(self, source: str, object_name: str, /, *, on: str | None = None, **values: Any) -> None:
        self.rows.setdefault((source, object_name), []).append({"on": on or self.through} | values)

    def number(self) -> int:
        self._number += 1
        return self._number

    def new_id(self, prefix: str) -> str:
        """A Salesforce id of 15 characters."""
        return f"{prefix}5g0000{self.number():06d}"[:15]

    # marketing, in HubSpot

    def contact(self, contact_id: str, created: str = "2025-12-01 10:00", **values: Any) -> str:
        given = {"createdate": epoch(created), "lastmodifieddate": epoch(created)}
        self.row(MARKETING, "contacts", id=contact_id, **given | values)
        return contact_id

    def form(self, contact_id: str, at: str, **values: Any) -> None:
        """A form, which is worth what qualifies."""
        given = {"conversion_id": f"f{self.number()}", "form_id": "form-1", "timestamp": epoch(at)}
        self.row(MARKETING, "form_submissions", contact_id=contact_id, **given | values)

    # sales, in Salesforce

    def user(self, user_id: str, **values: Any) -> None:
        given = {"Name": user_id, "Department": "Sales", "IsActive": "true"}
        self.row(CRM, "users", Id=user_id, **given | values)

    def lead(self, email: str, created: str, owner: str = QUEUE, **values: Any) -> str:
        lead_id = str(values.pop("Id", None) or self.new_id("00Q"))
        given = {
            "CreatedDate": salesforce_time(created),
            "LastModifiedDate": salesforce_time(created),
            "Email": email,
            "OwnerId": owner,
            "Status": "New",
        }
        self.row(CRM, "leads", Id=lead_id, **given | values)
        return lead_id

    def changed(self, lead_id: str, field: str, old: str, new: str, at: str, **values: Any) -> None:
        given = {
            "Id": self.new_id("017"),
            "CreatedDate": salesforce_time(at),
            "OldValue": old,
            "NewValue": new,
        }
        self.row(CRM, "lead_history", LeadId=lead_id, Field=field, **given | values)

    def task(self, who: str, at: str | None = None, **values: Any) -> None:
        """A call that Rosa made and completed."""
        given: dict[str, Any] = {
            "Id": self.new_id("00T"),
            "OwnerId": ROSA,
            "TaskSubtype": "Call",
            "Status": "Completed",
            "IsClosed": "true",
            "CompletedDateTime": salesforce_time(at) if at else None,
        }
        self.row(CRM, "tasks", WhoId=who, **given | values)

    def mql(
        self, name: str, handed_off: str = "2026-01-05 10:00", number: str | None = None
    ) -> tuple[str, str]:
        """A contact who sent a form on Monday 5 January at 9, and the lead that Rosa got then; their ids."""
        contact_id = self.contact(number or str(100_000 + self.number()), email=f"{name}@acme.example")
        self.form(contact_id, "2026-01-05 09:00")
        lead_id = self.lead(f"{name}@acme.example", "2026-01-05 09:00")
        self.changed(lead_id, "Owner", QUEUE, ROSA, handed_off)
        return contact_id, lead_id

    # writing

    def write(self, folder: Path) -> None:
        (folder / "contracts").mkdir(parents=True)
        _write_yaml(folder / "contracts" / "v1.yml", self.contract)
        _write_yaml(folder / "sources.yml", {"sources": self.sources})
        for (source, object_name), rows in self.rows.items():
            columns = list(dict.fromkeys(name for row in rows for name in row if name != "on"))
            by_date: dict[str, list[dict[str, Any]]] = {self.through: []}
            for row in rows:
                by_date.setdefault(row["on"], []).append(row)
            place = folder / "extracts" / source / object_name
            place.mkdir(parents=True)
            for extract_date, extract in by_date.items():
                with (place / f"{extract_date}.csv").open("w", newline="", encoding="utf-8") as handle:
                    writer = csv.DictWriter(handle, columns, extrasaction="ignore")
                    writer.writeheader()
                    writer.writerows(extract)


def _write_yaml(path: Path, values: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True)
    for date in ("2026-01-01", "2025-12-15"):
        text = text.replace(f"'{date}'", date)
    path.write_text(text, encoding="utf-8")
