"""A small language for telling histories: people, what they did, and what sales did with them.

A history is told record by record and written as the extracts, contracts and `sources.yml` of one
source of the standard family. All times in it are local times of the contract's time zone, written
as they are given, unless they carry an offset. Its files are dumps, so that everything is complete
through the end of the day `through`; a record can also be put into the extract of an earlier date.
"""

from __future__ import annotations

import copy
import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SOURCE = "company"

COLUMNS = {
    "contacts": "contact_id created_at updated_at email job_title industry company employee_count annual_budget "
    "country declared_mql_at merged_into_contact_id is_deleted",
    "touches": "touch_id contact_id occurred_at touch_type content_type campaign_id",
    "campaigns": "campaign_id campaign_name channel started_on ended_on",
    "campaign_spend": "campaign_id spend_date amount currency updated_at",
    "users": "user_id user_name department is_active started_on ended_on updated_at",
    "leads": "lead_id created_at updated_at contact_id email owner_id status rejection_reason is_deleted",
    "lead_history": "history_id lead_id field old_value new_value changed_at changed_by_id",
    "activities": "activity_id lead_id contact_id user_id activity_type direction occurred_at outcome "
    "is_automated opportunity_id",
    "meetings": "meeting_id lead_id contact_id user_id created_at scheduled_at confirmed_at status updated_at",
    "opportunities": "opportunity_id created_at updated_at lead_id contact_id owner_id amount currency stage "
    "is_closed is_won closed_at is_deleted",
}

# Who works here in every history, unless it says otherwise.
ROSA, RAUL = "rosa", "raul"
REPS = (ROSA, RAUL)
QUEUE = "inbound-queue"
MARKETER = "mara"

BASE_CONTRACT: dict[str, Any] = {
    "contract": "scenario",
    "version": 1,
    "effective_from": "2026-01-01",
    "timezone": "America/Mexico_City",
    "currency": "MXN",
    "language": "en",
    "signed_by": [
        {"department": "marketing", "name": "Mara Muestra", "role": "CMO", "signed_on": "2025-12-15"},
        {"department": "sales", "name": "Sergio Supuesto", "role": "VP Sales", "signed_on": "2025-12-15"},
    ],
    "business_hours": {
        "monday": ["09:00-17:00"],
        "tuesday": ["09:00-17:00"],
        "wednesday": ["09:00-17:00"],
        "thursday": ["09:00-17:00"],
        "friday": ["09:00-17:00"],
        "holidays": {"country": None, "subdivision": None, "add": [], "remove": []},
    },
    "mql": {
        "basis": "scored",
        "threshold": 10,
        "engagement": [{"id": "form", "touch_type": ["form_submission"], "points": 10}],
    },
    "handoff": {"triggers": [], "within_business_hours": 2},
    "lead_statuses": {
        "accepted": ["Working", "Accepted"],
        "rejected": ["Rejected", "Unqualified"],
        "recycled": ["Nurture", "Recycled"],
        "qualified": ["Qualified"],
    },
    "follow_up": {
        "first_attempt_within_business_hours": 4,
        "cadence": [
            {"activity": ["call"], "at_least": 2, "within_business_days": 2},
            {"activity": ["email"], "at_least": 1, "within_business_days": 3},
        ],
        "disposition_within_business_hours": 16,
        "no_contact": {"after_attempts": 3, "recycle_within_business_days": 2},
    },
    "sql": {"all_of": ["accepted", "meeting_confirmed"], "within_days": 30},
    "opportunity": {"within_days": 40},
    "customer": {"within_days": 60},
    "capacity": {"per_rep": {"min": 1, "max": 100}},
    "commitments": [
        {"id": "mql-volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 1},
    ],
}


def a_contract(**changes: Any) -> dict[str, Any]:
    """The base contract with whole blocks changed; a block changed to None is left out."""
    contract = copy.deepcopy(BASE_CONTRACT) | copy.deepcopy(changes)
    return {key: value for key, value in contract.items() if value is not None}


def signed(on: str) -> list[dict[str, str]]:
    """Both departments' signatures, dated the same day."""
    return [
        {"department": "marketing", "name": "Mara Muestra", "role": "CMO", "signed_on": on},
        {"department": "sales", "name": "Sergio Supuesto", "role": "VP Sales", "signed_on": on},
    ]


def open_hours(
    hours: Sequence[str], days: str = "monday tuesday wednesday thursday friday", **holidays: Any
) -> Any:
    """Business hours that are the same on each of some days; `holidays` as the contract has them."""
    block: dict[str, Any] = {day: list(hours) for day in days.split()}
    block["holidays"] = {"country": None, "subdivision": None, "add": [], "remove": []} | holidays
    return block


ALL_DAYS = "monday tuesday wednesday thursday friday saturday sunday"


class History:
    """Everything that happened, in the order in which it is told."""

    def __init__(self, *contracts: Mapping[str, Any], through: str = "2026-03-31", **source: Any) -> None:
        """`contracts` are the versions (default: the base contract); `source` are settings of `sources.yml`."""
        self.contracts = [dict(contract) for contract in contracts] or [a_contract()]
        self.through = through
        self.timezone = str(self.contracts[0]["timezone"])
        self.source_settings = {
            "family": "standard",
            "timezone": self.timezone,
            "currency": "MXN",
            "delivery": "dump",
            "max_quarantined_share": 1.0,
        } | source
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
        self.leads: list[Lead] = []
        self.people: dict[str, Person] = {}
        self._numbers: dict[str, int] = {}
        for rep in REPS:
            self.user(rep)
        self.user(MARKETER, department="marketing")

    # records as they are

    def row(self, object_name: str, /, *, on: str | None = None, **values: Any) -> None:
        """One record of an object, with exactly these columns, in the extract of the date `on`."""
        self.rows[object_name].append({"on": on or self.through} | values)

    def new_id(self, kind: str) -> str:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{kind}-{self._numbers[kind]:04d}"

    # records with the usual values

    def user(self, user_id: str, department: str = "sales", **values: Any) -> str:
        """A user; a later call for the same id replaces the former."""
        self.rows["users"] = [row for row in self.rows["users"] if row["user_id"] != user_id]
        self.row("users", **{"user_id": user_id, "department": department, "is_active": "true"} | values)
        return user_id

    def campaign(self, campaign_id: str) -> str:
        self.row("campaigns", campaign_id=campaign_id, campaign_name=campaign_id)
        return campaign_id

    def spend(self, spend_date: str, amount: str | int, campaign_id: str = "expo", **values: Any) -> None:
        self.row("campaign_spend", campaign_id=campaign_id, spend_date=spend_date, amount=amount, **values)

    def person(self, contact_id: str, created: str = "2025-12-01 10:00", **attributes: Any) -> Person:
        """A person with one contact; `attributes` are columns of the contact (and `updated_at`, `on`)."""
        person = self.people[contact_id] = Person(self, contact_id, created)
        person.has(attributes.pop("updated_at", created), **attributes)
        return person

    def lead(self, created: str, lead_id: str | None = None, **values: Any) -> Lead:
        """A lead of nobody in particular; `values` are columns, `owner_id` and `status` the first ones."""
        lead = Lead(self, lead_id or self.new_id("lead"), created, values)
        self.leads.append(lead)
        return lead

    def mql(self, name: str, qualified: str, handed_off: str | None = None, rep: str = ROSA) -> Person:
        """A person who sends a form at `qualified`, and whose lead a queue owned until `handed_off`."""
        person = self.person(name)
        person.touch(qualified)
        lead = person.lead(qualified, owner_id=QUEUE)
        if handed_off == qualified:
            lead.first["owner_id"] = rep
        elif handed_off:
            lead.owner(handed_off, rep)
        return person

    # writing

    def sources(self) -> dict[str, Any]:
        return {"sources": {SOURCE: self.source_settings}}

    def write(self, folder: Path) -> None:
        """Write `extracts/`, `contracts/` and `sources.yml` into a folder."""
        contracts = folder / "contracts"
        contracts.mkdir(parents=True)
        for contract in self.contracts:
            path = contracts / f"v{contract['version']}.yml"
            path.write_text(_as_yaml(contract), encoding="utf-8")
        (folder / "sources.yml").write_text(_as_yaml(self.sources()), encoding="utf-8")
        all_rows = {name: list(rows) for name, rows in self.rows.items()}
        for lead in self.leads:
            lead_row, history_rows = lead.records()
            all_rows["leads"].append(lead_row)
            all_rows["lead_history"] += history_rows
        for object_name, rows in all_rows.items():
            _write_object(
                folder / "extracts" / SOURCE / object_name, COLUMNS[object_name].split(), rows, self.through
            )


@dataclass
class Person:
    """A human being, known by one contact."""

    history: History
    contact_id: str
    created: str
    leads: list[Lead] = field(default_factory=list)

    def has(self, since: str, **attributes: Any) -> Person:
        """A version of the contact's record, with exactly these attributes, from `since` on."""
        values = {"contact_id": self.contact_id, "created_at": self.created, "updated_at": since}
        self.history.row("contacts", **values | attributes)
        return self

    def touch(self, at: str, touch_type: str = "form_submission", **values: Any) -> Person:
        touch_id = values.pop("touch_id", None) or self.history.new_id("touch")
        self.history.row(
            "touches",
            touch_id=touch_id,
            contact_id=self.contact_id,
            occurred_at=at,
            touch_type=touch_type,
            **values,
        )
        return self

    def lead(self, created: str, **values: Any) -> Lead:
        lead = self.history.lead(created, **{"contact_id": self.contact_id} | values)
        self.leads.append(lead)
        return lead

    def owner(self, at: str, owner: str | None) -> Person:
        """The first lead gets another owner."""
        self.leads[0].owner(at, owner)
        return self

    def status(self, at: str, status: str | None, **values: Any) -> Person:
        """The first lead gets another status."""
        self.leads[0].status(at, status, **values)
        return self

    def activity(self, at: str, activity_type: str = "call", by: str = ROSA, **values: Any) -> Person:
        """Something done, on the contact unless a lead is named; without an outcome nobody answered."""
        values = {"outcome": "no_answer"} | values
        if "lead_id" not in values:
            values.setdefault("contact_id", self.contact_id)
        activity_id = self.history.new_id("activity")
        self.history.row(
            "activities",
            activity_id=activity_id,
            user_id=by,
            activity_type=activity_type,
            occurred_at=at,
            **values,
        )
        return self

    def calls(self, *times: str, by: str = ROSA) -> Person:
        for at in times:
            self.activity(at, by=by)
        return self

    def meeting(self, created: str, status: str = "scheduled", **values: Any) -> str:
        """A meeting with one version, `updated_at` its creation unless told otherwise; returns its id."""
        meeting_id = str(values.pop("meeting_id", None) or self.history.new_id("meeting"))
        values = {"contact_id": self.contact_id, "user_id": ROSA, "updated_at": created} | values
        self.history.row("meetings", meeting_id=meeting_id, created_at=created, status=status, **values)
        return meeting_id

    def opportunity(
        self,
        created: str,
        won: str | None = None,
        lost: str | None = None,
        amount: str | int | None = 100,
        **values: Any,
    ) -> str:
        """An opportunity, open unless it was won or lost at some time; returns its id."""
        closed = won or lost
        opportunity_id = str(values.pop("opportunity_id", None) or self.history.new_id("opportunity"))
        values = {
            "contact_id": self.contact_id,
            "owner_id": ROSA,
            "updated_at": closed or created,
            "is_closed": "true" if closed else "false",
            "is_won": "true" if won else "false",
            "closed_at": closed,
        } | values
        self.history.row(
            "opportunities", opportunity_id=opportunity_id, created_at=created, amount=amount, **values
        )
        return opportunity_id


@dataclass
class Lead:
    """A CRM lead: its first values, and the changes of its owner and status."""

    history: History
    lead_id: str
    created: str
    first: dict[str, Any]
    changes: list[dict[str, Any]] = field(default_factory=list)

    def owner(self, at: str, owner: str | None, **values: Any) -> Lead:
        return self._change("owner_id", at, owner, values)

    def status(self, at: str, status: str | None, **values: Any) -> Lead:
        return self._change("status", at, status, values)

    def _change(self, column: str, at: str, new: str | None, values: dict[str, Any]) -> Lead:
        history_id = values.pop("history_id", None) or self.history.new_id("history")
        change = {"field": column, "new_value": new, "changed_at": at, "changed_by_id": ROSA}
        self.changes.append({"history_id": history_id, "lead_id": self.lead_id} | change | values)
        return self

    def records(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The lead's row with its current values, and its history rows with old and new values."""
        current = {"updated_at": self.created} | self.first
        rows = []
        on = current.pop("on", None) or self.history.through
        told = dict(current)
        for change in self.changes:
            row = {"on": on, "old_value": current.get(change["field"])} | change
            current[change["field"]] = change["new_value"]
            current["updated_at"] = max(current["updated_at"], change["changed_at"])
            rows.append(row)
        if "updated_at" in self.first:
            current["updated_at"] = told["updated_at"]
        return {"on": on, "lead_id": self.lead_id, "created_at": self.created} | current, rows


def _as_yaml(data: Mapping[str, Any]) -> str:
    """YAML with dates and months unquoted, as a person would write them."""
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return _unquote_dates(text)


def _unquote_dates(text: str) -> str:
    return re.sub(r"'(\d{4}-\d{2}(?:-\d{2})?)'", r"\1", text)


def _write_object(folder: Path, columns: list[str], rows: list[dict[str, Any]], through: str) -> None:
    """One CSV for each extract date; the last date always has one, if only with a header."""
    folder.mkdir(parents=True)
    further = sorted({name for row in rows for name in row} - set(columns) - {"on"})
    by_date: dict[str, list[dict[str, Any]]] = {through: []}
    for row in rows:
        by_date.setdefault(row["on"], []).append(row)
    for extract_date, extract in by_date.items():
        with (folder / f"{extract_date}.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, [*columns, *further], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(extract)
