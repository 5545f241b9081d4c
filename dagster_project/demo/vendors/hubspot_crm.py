"""The history's sales as HubSpot gives them: owners, statuses and deals of contacts, and engagements.

What belongs here: which object and property holds what, where sales works in HubSpot too. A lead is
then no record of its own: its contact's owner and status, and their history, are all there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..draws import Whole
from ..files import Extract
from ..history import History
from .frames import extract_of, frame_of, numbers
from .hubspot import contact_ids, contact_versions, contacts_extract, marketing_extracts
from .ids import hubspot_ids

FIRST_OWNER, FIRST_ENGAGEMENT, FIRST_DEAL = 610_001, 8_800_000_001, 9_900_000_001
REPLY_SHIFT, MEETING_SHIFT = 50_000_000, 100_000_000
"""Ids of an answer that is a record of its own, and of meetings, beside those of activities."""

SALES = "Ventas"
TEAMS = {"sales": SALES, "marketing": "Mercadotecnia", "integration": "Sistemas"}
FIRST_TEAM = 4_401
# HubSpot's own outcomes of calls, which are the same in every account.
DISPOSITIONS = {
    "connected": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "no_answer": "73a0d17f-1163-4015-bdd5-ec830791da20",
    "voicemail": "b2cf5968-551e-4856-9783-52b3da59a7d0",
}
MEETING_OUTCOMES = {
    "scheduled": "SCHEDULED",
    "confirmed": "CONFIRMED",
    "held": "COMPLETED",
    "no_show": "NO_SHOW",
    "cancelled": "CANCELED",
}
PIPELINE = "default"
STAGES = {
    "Qualification": "appointmentscheduled",
    "Proposal": "presentationscheduled",
    "Closed Won": "closedwon",
    "Closed Lost": "closedlost",
}
STATUS_PROPERTY, OWNER_PROPERTY = "hs_lead_status", "hubspot_owner_id"
_EXPECTED_DAYS = 45


def hubspot_extracts(history: History) -> Iterator[Extract]:
    """Every object of a company of which marketing and sales work in HubSpot, one after the other."""
    leads = frame_of(history, "leads")
    contact_of_lead = _contacts_of_leads(history, leads)
    changes = _property_history(history, leads, contact_of_lead)
    yield _contacts(history, leads, contact_of_lead, changes)
    yield from (extract for extract in marketing_extracts(history) if extract.name != "contacts")
    yield _property_history_extract(changes)
    yield from _owners(history)
    activities = _with_contacts(frame_of(history, "activities"), contact_of_lead)
    meetings = _with_contacts(frame_of(history, "meetings"), contact_of_lead)
    replies = _replies(activities)
    yield _calls(activities)
    yield _emails(activities, replies)
    yield _communications(activities)
    yield _meetings(meetings)
    yield _engagement_contacts(activities, replies, meetings)
    deals = _with_contacts(frame_of(history, "opportunities"), contact_of_lead)
    yield from _deals(history, deals)


def _contacts_of_leads(history: History, leads: pd.DataFrame) -> pd.Series[Any]:
    """The contact that each lead is: its own, or that of its e-mail, or one that sales has made."""
    created = leads.drop_duplicates("lead_id").set_index("lead_id")
    contacts = frame_of(history, "contacts").drop_duplicates("contact_id")
    of_email = contacts.drop_duplicates("email").set_index("email")["contact_id"]
    found = created["contact_id"].where(created["contact_id"] >= 0, created["email"].map(of_email))
    made = int(contacts["contact_id"].max()) + pd.Series(created.index, created.index)
    return found.fillna(made).astype("int64")


def _with_contacts(records: pd.DataFrame, contact_of_lead: pd.Series[Any]) -> pd.DataFrame:
    of_lead = records["lead_id"].map(contact_of_lead)
    contact = records["contact_id"].where(records["contact_id"] >= 0, of_lead)
    return records.assign(contact_id=contact.fillna(-1).astype("int64"))


def owner_ids(owners: Whole) -> pa.Array:
    """Ids of owners; null for -1."""
    return hubspot_ids(owners, FIRST_OWNER)


def _without_queues(history: History, owners: pd.Series[Any]) -> pd.Series[Any]:
    """HubSpot has no queues: what nobody has picked up has no owner."""
    users = frame_of(history, "users")
    return owners.where(~owners.isin(users.loc[users["department"] == "queue", "user_id"]), -1)


def _property_history(history: History, leads: pd.DataFrame, contact_of_lead: pd.Series[Any]) -> pd.DataFrame:
    """Every value that an owner or a status has taken: contact_id, name, value, at, delivered_on."""
    first = leads.sort_values(["updated_at", "lead_id"]).drop_duplicates("lead_id")
    changes = frame_of(history, "lead_history")
    made = {"contact_id": first["lead_id"].map(contact_of_lead), "at": first["created_at"]}
    made["delivered_on"] = first["delivered_on"]
    owner = pd.to_numeric(changes["new_value"].where(changes["field"] == "owner_id").str[1:])
    changed = {"contact_id": changes["lead_id"].map(contact_of_lead), "at": changes["changed_at"]}
    changed["delivered_on"] = changes["delivered_on"]
    is_owner = changes["field"] == "owner_id"
    values = pd.concat(
        [
            pd.DataFrame(made | {"name": OWNER_PROPERTY, "owner": first["owner_id"]}),
            pd.DataFrame(made | {"name": STATUS_PROPERTY, "status": first["status"]}),
            pd.DataFrame(changed | {"name": OWNER_PROPERTY, "owner": owner})[is_owner],
            pd.DataFrame(changed | {"name": STATUS_PROPERTY, "status": changes["new_value"]})[~is_owner],
        ],
        ignore_index=True,
    ).sort_values(["at", "contact_id", "name"], ignore_index=True, kind="stable")
    owner_of = _without_queues(history, values["owner"].fillna(-1).astype("int64"))
    status = pa.array(values["status"], pa.string(), from_pandas=True)
    is_owner_row = pa.array(values["name"] == OWNER_PROPERTY)
    value = pc.if_else(is_owner_row, owner_ids(numbers(owner_of)), status)
    values = values.assign(value=pd.Series(value.to_pandas(), dtype="string"))
    # What was never set has no history.
    is_first = ~values.duplicated(["contact_id", "name"])
    return values.loc[~(is_first & values["value"].isna())].reset_index(drop=True)


def _property_history_extract(changes: pd.DataFrame) -> Extract:
    return extract_of(
        "contact_property_history",
        {
            "contact_id": contact_ids(numbers(changes["contact_id"])),
            "name": changes["name"],
            "value": changes["value"],
            "timestamp": changes["at"],
            "source": "CRM_UI",
        },
        changes["delivered_on"],
    )


def _contacts(
    history: History, leads: pd.DataFrame, contact_of_lead: pd.Series[Any], changes: pd.DataFrame
) -> Extract:
    """Marketing's versions of contacts, and one for each change of owner or status."""
    versions = contact_versions(history)
    first = leads.drop_duplicates("lead_id")
    made = first.assign(contact_id=first["lead_id"].map(contact_of_lead))
    made = made.loc[~made["contact_id"].isin(versions["contact_id"])].drop_duplicates("contact_id")
    made = made.assign(updated_at=made["created_at"], is_deleted=False, merged_id=-1)
    made = made.reindex(columns=versions.columns)
    known = pd.concat([versions, made], ignore_index=True).sort_values("updated_at", kind="stable")
    last = changes.drop_duplicates(["contact_id", "at", "delivered_on"])
    at_change = pd.merge_asof(
        last[["contact_id", "at", "delivered_on"]].rename(columns={"at": "updated_at"}),
        known.drop(columns="delivered_on").assign(found=True),
        on="updated_at",
        by="contact_id",
    ).dropna(subset="found")
    everything = pd.concat([known, at_change[known.columns]], ignore_index=True)
    everything = everything.drop_duplicates(["contact_id", "updated_at", "delivered_on"], keep="last")
    everything = everything.sort_values(["updated_at", "contact_id"], ignore_index=True, kind="stable")
    return contacts_extract(
        everything,
        {
            name: _value_at(everything, changes.loc[changes["name"] == name])
            for name in (OWNER_PROPERTY, STATUS_PROPERTY)
        },
    )


def _value_at(versions: pd.DataFrame, changes: pd.DataFrame) -> pd.Series[Any]:
    """The last value of a property at each version's time; null before the first."""
    found = pd.merge_asof(
        versions[["contact_id", "updated_at"]],
        changes[["contact_id", "at", "value"]],
        left_on="updated_at",
        right_on="at",
        by="contact_id",
    )
    return found["value"]


def _owners(history: History) -> Iterator[Extract]:
    users = frame_of(history, "users")
    users = users.loc[users["department"] != "queue"].reset_index(drop=True)
    names = users["user_name"].str.split(" ", n=1)
    yield extract_of(
        "owners",
        {
            "id": owner_ids(numbers(users["user_id"])),
            "firstName": names.str[0],
            "lastName": names.str[1],
            "type": "PERSON",
            "updatedAt": users["updated_at"],
            "archived": ~users["is_active"],
        },
        users["delivered_on"],
        every_day=False,
    )
    team_numbers = users["department"].map({name: number for number, name in enumerate(TEAMS)})
    yield extract_of(
        "owner_teams",
        {
            "owner_id": owner_ids(numbers(users["user_id"])),
            "team_id": hubspot_ids(numbers(team_numbers), FIRST_TEAM),
            "is_team_primary": True,
        },
        users["delivered_on"],
        every_day=False,
    )
    yield _on_the_first_day(
        history,
        "teams",
        {"id": hubspot_ids(np.arange(len(TEAMS)), FIRST_TEAM), "name": pd.Series(list(TEAMS.values()))},
    )


def _on_the_first_day(history: History, name: str, columns: dict[str, Any]) -> Extract:
    size = max(len(values) for values in columns.values() if not isinstance(values, str))
    days = pd.Series([pd.Timestamp(history.first_day)] * size)
    return extract_of(name, columns, days, every_day=False)


def _engagement(records: pd.DataFrame, first: int = FIRST_ENGAGEMENT) -> dict[str, Any]:
    return {
        "id": hubspot_ids(numbers(records["activity_id"]), first),
        "hs_timestamp": records["occurred_at"],
        "hs_lastmodifieddate": records["occurred_at"],
        "hubspot_owner_id": owner_ids(numbers(records["user_id"])),
    }


def _of_type(activities: pd.DataFrame, activity_type: str) -> pd.DataFrame:
    return activities.loc[activities["activity_type"] == activity_type].reset_index(drop=True)


def _calls(activities: pd.DataFrame) -> Extract:
    calls = _of_type(activities, "call")
    return extract_of(
        "calls",
        {
            **_engagement(calls),
            "hs_call_direction": calls["direction"].str.upper(),
            "hs_call_disposition": calls["outcome"].map(DISPOSITIONS),
            "hs_call_status": "COMPLETED",
            "archived": False,
        },
        calls["delivered_on"],
    )


def _replies(activities: pd.DataFrame) -> pd.DataFrame:
    """The answers to mails: where another system notes `replied`, HubSpot has the mail that came."""
    answered = _of_type(activities, "email").query("outcome == 'replied'")
    return answered.assign(
        activity_id=answered["activity_id"] + REPLY_SHIFT, direction="inbound", outcome=None
    )


def _emails(activities: pd.DataFrame, replies: pd.DataFrame) -> Extract:
    mails = pd.concat([_of_type(activities, "email"), replies]).sort_values(
        ["occurred_at", "activity_id"], ignore_index=True, kind="stable"
    )
    is_automated = mails["is_automated"]
    is_inbound = mails["direction"] == "inbound"
    return extract_of(
        "emails",
        {
            **_engagement(mails),
            "hs_email_direction": pd.Series(np.where(is_inbound, "INCOMING_EMAIL", "EMAIL")),
            "hs_email_status": pd.Series(np.where(mails["outcome"] == "bounced", "BOUNCED", "SENT")),
            "hs_sequence_id": pd.Series("3301", index=mails.index).where(is_automated),
            "hs_engagement_source": pd.Series(np.where(is_automated, "SEQUENCES", "CRM_UI")),
            "archived": False,
        },
        mails["delivered_on"],
    )


def _communications(activities: pd.DataFrame) -> Extract:
    messages = _of_type(activities, "message")
    return extract_of(
        "communications",
        {**_engagement(messages), "hs_communication_channel_type": "WHATS_APP", "archived": False},
        messages["delivered_on"],
    )


def _meetings(meetings: pd.DataFrame) -> Extract:
    return extract_of(
        "meetings",
        {
            "id": hubspot_ids(numbers(meetings["meeting_id"]), FIRST_ENGAGEMENT + MEETING_SHIFT),
            "hs_createdate": meetings["created_at"],
            "hs_lastmodifieddate": meetings["updated_at"],
            "hs_timestamp": meetings["scheduled_at"],
            "hs_meeting_start_time": meetings["scheduled_at"],
            "hs_meeting_outcome": meetings["status"].map(MEETING_OUTCOMES),
            "hubspot_owner_id": owner_ids(numbers(meetings["user_id"])),
            "archived": False,
        },
        meetings["delivered_on"],
    )


def _engagement_contacts(activities: pd.DataFrame, replies: pd.DataFrame, meetings: pd.DataFrame) -> Extract:
    """Whom each call, mail, message and meeting was with."""
    columns = ["activity_id", "contact_id", "delivered_on"]
    met = meetings.assign(activity_id=meetings["meeting_id"] + MEETING_SHIFT)
    links = pd.concat([activities[columns], replies[columns], met[columns]])
    links = links.drop_duplicates().sort_values(["delivered_on", "activity_id"], ignore_index=True)
    return extract_of(
        "engagement_contacts",
        {
            "engagement_id": hubspot_ids(numbers(links["activity_id"]), FIRST_ENGAGEMENT),
            "contact_id": contact_ids(numbers(links["contact_id"])),
        },
        links["delivered_on"],
    )


def _deals(history: History, deals: pd.DataFrame) -> Iterator[Extract]:
    """Each with a close date: when it was closed, or when it is expected to be."""
    expected = deals["created_at"] + pd.Timedelta(days=_EXPECTED_DAYS)
    yield extract_of(
        "deals",
        {
            "id": hubspot_ids(numbers(deals["opportunity_id"]), FIRST_DEAL),
            "createdate": deals["created_at"],
            "hs_lastmodifieddate": deals["updated_at"],
            "closedate": deals["closed_at"].fillna(expected),
            "amount": pa.array(deals["amount"], pa.decimal128(14, 2), from_pandas=True),
            "deal_currency_code": deals["currency"],
            "pipeline": PIPELINE,
            "dealstage": deals["stage"].map(STAGES),
            "hs_is_closed": deals["is_closed"],
            "hs_is_closed_won": deals["is_won"],
            "hubspot_owner_id": owner_ids(numbers(deals["owner_id"])),
            "archived": deals["is_deleted"],
        },
        deals["delivered_on"],
    )
    opened = deals.drop_duplicates("opportunity_id").reset_index(drop=True)
    yield extract_of(
        "deal_contacts",
        {
            "deal_id": hubspot_ids(numbers(opened["opportunity_id"]), FIRST_DEAL),
            "contact_id": contact_ids(numbers(opened["contact_id"])),
        },
        opened["delivered_on"],
    )
    stages = pd.Series(list(STAGES.values()))
    yield _on_the_first_day(
        history,
        "deal_pipeline_stages",
        {
            "stage_id": stages,
            "pipeline_id": PIPELINE,
            "label": pd.Series(list(STAGES)),
            "is_closed": stages.str.startswith("closed"),
            "closed_won": stages == "closedwon",
        },
    )
