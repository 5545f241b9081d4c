"""Who is one person, and which leads, touches and events are theirs (domain.md §4); owner and status (§6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .contract import folded
from .read import CannotRun, History, Row, latest, versions_of

State = tuple[datetime, str | None]


@dataclass
class Lead:
    """A living CRM lead: its latest record, and what its owner and status were from when on."""

    lead_id: str
    record: Row
    owners: list[State] = field(default_factory=list)
    statuses: list[State] = field(default_factory=list)

    def state_at(self, states: list[State], instant: datetime) -> State | None:
        """The state in force at an instant, events at that instant included (§2.7)."""
        found = None
        for state in states:
            if state[0] <= instant:
                found = state
        return found


@dataclass
class Person:
    """One human being (§4.2), or a sales-sourced one (§4.3)."""

    person_id: str
    is_sales_sourced: bool
    versions: list[Row] = field(default_factory=list)  # of the person's record, in the order of time
    contact_versions: list[Row] = field(default_factory=list)  # of all contacts, merged ones included
    created: list[datetime] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    touches: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    meetings: list[Row] = field(default_factory=list)
    opportunities: list[Row] = field(default_factory=list)


@dataclass
class People:
    """All persons, and the reps among the users."""

    persons: dict[str, Person]
    users: dict[str, Row]
    meeting_versions: dict[str, list[Row]]

    def is_rep(self, user_id: str | None) -> bool:
        """§1: a CRM user whose department, in the latest record, is `sales`, active or not."""
        return user_id in self.users and folded(self.users[user_id]["department"]) == "sales"


def normal_email(text: str | None) -> str | None:
    """§4.2: trimmed, lower case."""
    return text.strip().lower() or None if text else None


def is_shared(email: str, shared: set[str]) -> bool:
    """A mailbox listed as nobody's; a listed name ending in @ means it at any domain."""
    return email in shared or email.split("@")[0] + "@" in shared


def survivors(contacts: dict[str, Row]) -> dict[str, str]:
    """§4.1: where each contact's chain of merges ends; the last known contact where the next is unknown."""
    found = {}
    for contact_id in contacts:
        chain = [contact_id]
        while True:
            target = contacts[chain[-1]]["merged_into_contact_id"]
            if target is None or target not in contacts:
                break
            if target in chain:
                raise CannotRun(f"contacts merged in a loop: {', '.join(chain[chain.index(target) :])}")
            chain.append(target)
        found[contact_id] = chain[-1]
    return found


def states(first: str | None, created_at: datetime, changes: list[Row], *, as_words: bool) -> list[State]:
    """§6 Status: changes in order of time, then history id; of several at one instant the last is a state.

    What happened at or before `created_at` is part of the first state; a change that leaves the value as it
    was before its instant is none.
    """

    def same(a: str | None, b: str | None) -> bool:
        if as_words and a is not None and b is not None:
            return folded(a) == folded(b)
        return a == b

    by_instant: dict[datetime, str | None] = {}
    for change in changes:
        by_instant[max(change["changed_at"], created_at)] = change["new_value"]
    found: list[State] = [(created_at, by_instant.pop(created_at, first))]
    for instant, value in sorted(by_instant.items(), key=lambda item: item[0]):
        if not same(value, found[-1][1]):
            found.append((instant, value))
    return found


def living_leads(history: History) -> dict[str, Lead]:
    """The leads that are not deleted, with their states; a lead created at or after W isn't there yet."""
    changes: dict[tuple[str, str], list[Row]] = {}
    for row in latest(history, "lead_history").values():
        if row["changed_at"] < history.complete_through:
            changes.setdefault((row["lead_id"], folded(row["field"])), []).append(row)
    found = {}
    for lead_id, record in latest(history, "leads").items():
        if record["is_deleted"] or record["created_at"] >= history.complete_through:
            continue
        lead = Lead(lead_id, record)
        for name, current in (("owner_id", record["owner_id"]), ("status", record["status"])):
            rows = sorted(
                changes.get((lead_id, name), []),
                key=lambda row: (row["changed_at"], row["history_id"].encode()),
            )
            # extracts.md: the first value is the first history row's old_value, else the current value.
            first = rows[0]["old_value"] if rows else current
            found_states = states(first, record["created_at"], rows, as_words=name == "status")
            if name == "owner_id":
                lead.owners = found_states
            else:
                lead.statuses = found_states
        found[lead_id] = lead
    return found


def _by_age(contacts: dict[str, Row]) -> Any:
    return lambda contact_id: (contacts[contact_id]["created_at"], contact_id.encode())


def form_people(history: History) -> People:
    """All of §4. Raises CannotRun for a loop of merges."""
    complete_through = history.complete_through
    versions = versions_of(history, "contacts")
    contacts = {contact_id: rows[-1] for contact_id, rows in versions.items()}
    survivor_of = survivors(contacts)
    oldest_first = _by_age(contacts)

    # §4.2: deleted survivors, and what is merged into them, are removed before persons are formed.
    living = [c for c in contacts if survivor_of[c] == c and not contacts[c]["is_deleted"]]
    person_of_survivor: dict[str, str] = {}
    by_email: dict[str, str] = {}
    for contact_id in sorted(living, key=oldest_first):
        email = normal_email(contacts[contact_id]["email"])
        if email is None or is_shared(email, history.shared):
            person_of_survivor[contact_id] = contact_id
        else:
            person_of_survivor[contact_id] = by_email.setdefault(email, contact_id)
    person_of = {
        contact_id: person_of_survivor[end]
        for contact_id, end in survivor_of.items()
        if end in person_of_survivor
    }
    persons = {
        person_id: Person(person_id, False, versions=versions[person_id])
        for person_id in person_of_survivor.values()
    }
    for contact_id, person_id in person_of.items():
        persons[person_id].contact_versions += versions[contact_id]
        persons[person_id].created.append(contacts[contact_id]["created_at"])

    # §4.3: a survivor's e-mail before a merged contact's, the oldest contact first.
    person_of_email: dict[str, str] = {}
    for contact_id in sorted(person_of, key=lambda c: (survivor_of[c] != c, oldest_first(c))):
        email = normal_email(contacts[contact_id]["email"])
        if email is not None and not is_shared(email, history.shared):
            person_of_email.setdefault(email, person_of[contact_id])

    leads = living_leads(history)
    sales_sourced: dict[str, str] = {}
    person_of_lead: dict[str, str] = {}
    for _, lead in sorted(leads.items(), key=lambda item: (item[1].record["created_at"], item[0].encode())):
        contact_id, email = lead.record["contact_id"], normal_email(lead.record["email"])
        if email is not None and is_shared(email, history.shared):
            email = None
        if contact_id in person_of:
            person_id = person_of[contact_id]
        elif email in person_of_email:
            person_id = person_of_email[email]
        elif contact_id in contacts:
            continue  # §4.4: of a deleted person, and matching nobody else: deleted with it
        elif email in sales_sourced:
            person_id = sales_sourced[email]
        else:
            person_id = f"lead:{lead.lead_id}"
            persons[person_id] = Person(person_id, True)
            if email is not None:
                sales_sourced[email] = person_id
        person_of_lead[lead.lead_id] = person_id
        persons[person_id].leads.append(lead)
        persons[person_id].created.append(lead.record["created_at"])

    def person_of_event(row: Row) -> Person | None:
        """§4.3: an event with both ids is its lead's person's, or its contact's for an unknown lead."""
        if row["lead_id"] in person_of_lead:
            return persons[person_of_lead[row["lead_id"]]]
        return persons[person_of[row["contact_id"]]] if row["contact_id"] in person_of else None

    for touch in latest(history, "touches").values():
        if touch["contact_id"] in person_of and touch["occurred_at"] < complete_through:
            persons[person_of[touch["contact_id"]]].touches.append(touch)
    events = {"activities": "occurred_at", "meetings": "created_at", "opportunities": "created_at"}
    for name, moment in events.items():
        for row in latest(history, name).values():
            person = person_of_event(row)
            if person is not None and row[moment] < complete_through and not row.get("is_deleted"):
                getattr(person, name).append(row)
    for person in persons.values():
        person.touches.sort(key=lambda row: (row["occurred_at"], row["touch_id"].encode()))
        person.activities.sort(key=lambda row: (row["occurred_at"], row["activity_id"].encode()))
    return People(persons, latest(history, "users"), versions_of(history, "meetings"))
