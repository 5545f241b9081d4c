"""The history as Salesforce's API gives it: leads that are converted, tasks, events, opportunities.

What belongs here: which object and field holds what. What doesn't: how loaders spell the fields, and
what the marketing system holds: a lead's person is known by its e-mail.
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
from .frames import extract_of, frame_of, local_dates, numbers
from .ids import salesforce_ids

LEAD, CONTACT, USER, QUEUE, ROLE = "00Q", "003", "005", "00G", "00E"
OPPORTUNITY, CONTACT_ROLE, TASK, EVENT, LEAD_HISTORY = "006", "00K", "00T", "00U", "017"

SALES = "Ventas"
DEPARTMENTS = {"sales": SALES, "marketing": "Mercadotecnia", "integration": "Sistemas"}
ROLES = {"sales": "Ejecutivo de ventas", "marketing": "Equipo de mercadotecnia", "integration": "Enlaces"}
TASK_TYPES = {"call": "Call", "email": "Email", "message": "Message"}
TASK_SUBTYPES = {"call": "Call", "email": "Email", "message": "Task"}
DISPOSITIONS = {
    "connected": "Contestó",
    "no_answer": "No contestó",
    "voicemail": "Buzón de voz",
    "bounced": "Rebotado",
    "replied": "Respondió",
}
MEETING_STATUSES = {
    "scheduled": "Agendada",
    "confirmed": "Confirmada",
    "held": "Realizada",
    "no_show": "No asistió",
    "cancelled": "Cancelada",
}
PLANNED_EVERY = 20
"""Each so many calls stood in the rep's list the day before, as a task that isn't done."""

_EXPECTED_DAYS = 45


def salesforce_extracts(history: History) -> Iterator[Extract]:
    """Every object that sales keeps, one after the other."""
    leads = frame_of(history, "leads")
    deals = _with_leads(frame_of(history, "opportunities"), leads, history)
    queues = _queues(history)
    conversions = _conversions(deals)
    yield _users(history)
    yield _roles(history)
    yield _leads(history, leads, conversions, queues)
    yield _lead_history(history, queues)
    yield _contacts(leads, conversions, queues)
    yield _tasks(history, leads, conversions)
    yield _events(history, leads, conversions)
    yield _opportunities(history, deals)
    yield _contact_roles(deals, conversions)


def user_ids(users: Whole, queues: Whole) -> pa.Array:
    """Ids of users and of queues, which are groups."""
    is_queue = pa.array(np.isin(users, queues))
    return pc.if_else(is_queue, salesforce_ids(users, QUEUE), salesforce_ids(users, USER))


def _queues(history: History) -> Whole:
    users = frame_of(history, "users")
    return numbers(users.loc[users["department"] == "queue", "user_id"].drop_duplicates())


def _with_leads(records: pd.DataFrame, leads: pd.DataFrame, history: History) -> pd.DataFrame:
    """The records of which each names its lead; those that named a marketing contact get its lead.

    The CRM knows no marketing contact: such a record is kept with the lead that was the person's
    latest when it was made, found by the contact or by its e-mail.
    """
    missing = numbers(records["lead_id"]) < 0
    if not missing.any():
        return records
    contacts = frame_of(history, "contacts")[["contact_id", "email"]].drop_duplicates("contact_id")
    created = leads.drop_duplicates("lead_id")[["lead_id", "created_at", "contact_id", "email"]]
    of_email = created.drop(columns="contact_id").merge(contacts, on="email")
    known = pd.concat([created.loc[created["contact_id"] >= 0].drop(columns="email"), of_email])
    known = known.drop(columns="email").drop_duplicates(["lead_id", "contact_id"]).sort_values("created_at")
    time = "occurred_at" if "occurred_at" in records else "created_at"
    asked = records.loc[missing, [time, "contact_id"]].rename(columns={time: "at"}).sort_values("at")
    found = pd.merge_asof(
        asked.reset_index(), known, left_on="at", right_on="created_at", by="contact_id"
    ).set_index("index")["lead_id"]
    filled = records["lead_id"].where(~missing, found.reindex(records.index))
    return records.assign(lead_id=filled.fillna(-1).astype("int64"))


def _conversions(deals: pd.DataFrame) -> pd.DataFrame:
    """A row for each lead with an opportunity: converted when its first one is opened."""
    opened = deals.drop_duplicates("opportunity_id")
    first = opened.loc[opened["lead_id"] >= 0].sort_values(["created_at", "opportunity_id"])
    first = first.drop_duplicates("lead_id")
    return pd.DataFrame(
        {
            "lead_id": first["lead_id"],
            "converted_at": first["created_at"],
            "converted_opportunity": first["opportunity_id"],
            "converted_on": first["delivered_on"],
            "converted_owner": first["owner_id"],
        }
    ).sort_values("converted_at")


def _users(history: History) -> Extract:
    users = frame_of(history, "users")
    users = users.loc[users["department"] != "queue"].reset_index(drop=True)
    return extract_of(
        "users",
        {
            "Id": salesforce_ids(numbers(users["user_id"]), USER),
            "Name": users["user_name"],
            "Department": users["department"].map(DEPARTMENTS),
            "UserRoleId": salesforce_ids(_role_numbers(users["department"]), ROLE),
            "IsActive": users["is_active"],
            "LastModifiedDate": users["updated_at"],
            "SystemModstamp": users["updated_at"],
        },
        users["delivered_on"],
        every_day=False,
    )


def _role_numbers(departments: pd.Series[Any]) -> Whole:
    return numbers(departments.map({name: number for number, name in enumerate(ROLES)}))


def _roles(history: History) -> Extract:
    names = pd.Series(list(ROLES.values()))
    return extract_of(
        "user_roles",
        {
            "Id": salesforce_ids(np.arange(len(names)), ROLE),
            "Name": names,
            "SystemModstamp": pd.Series([pd.Timestamp(history.first_day)] * len(names)),
        },
        pd.Series([pd.Timestamp(history.first_day)] * len(names)),
        every_day=False,
    )


def _leads(history: History, leads: pd.DataFrame, conversions: pd.DataFrame, queues: Whole) -> Extract:
    """Every version of every lead, that of its conversion included."""
    converted = leads.merge(conversions, on="lead_id")
    before = converted.loc[converted["updated_at"] <= converted["converted_at"]]
    at_conversion = before.drop_duplicates("lead_id", keep="last").assign(
        updated_at=lambda lead: lead["converted_at"], delivered_on=lambda lead: lead["converted_on"]
    )
    versions = pd.concat([leads, at_conversion[leads.columns]]).merge(conversions, on="lead_id", how="left")
    versions = versions.drop_duplicates(["lead_id", "updated_at", "delivered_on"], keep="last")
    versions = versions.sort_values(["updated_at", "lead_id"], ignore_index=True)
    is_converted = versions["updated_at"] >= versions["converted_at"]
    number = numbers(versions["lead_id"])
    opportunity = numbers(versions["converted_opportunity"].where(is_converted, -1))
    return extract_of(
        "leads",
        {
            "Id": salesforce_ids(number, LEAD),
            "CreatedDate": versions["created_at"],
            "LastModifiedDate": versions["updated_at"],
            "SystemModstamp": versions["updated_at"],
            "Email": versions["email"],
            "OwnerId": user_ids(numbers(versions["owner_id"]), queues),
            "Status": versions["status"],
            "Rejection_Reason__c": versions["rejection_reason"],
            "IsConverted": is_converted,
            "ConvertedDate": local_dates(history, versions["converted_at"].where(is_converted)),
            "ConvertedContactId": salesforce_ids(np.where(is_converted, number, -1), CONTACT),
            "ConvertedOpportunityId": salesforce_ids(opportunity, OPPORTUNITY),
            "MasterRecordId": pa.nulls(len(versions), pa.string()),
            "IsDeleted": versions["is_deleted"],
        },
        versions["delivered_on"],
    )


def _lead_history(history: History, queues: Whole) -> Extract:
    """Changes of owner twice, with ids and with names, as Salesforce keeps them; of status once."""
    changes = frame_of(history, "lead_history")
    is_owner = changes["field"] == "owner_id"
    users = frame_of(history, "users").drop_duplicates("user_id").set_index("user_id")["user_name"]
    twice = pd.concat(
        [changes.assign(by_name=False), changes.loc[is_owner].assign(by_name=True)], ignore_index=True
    ).sort_values(["changed_at", "history_id", "by_name"], ignore_index=True)
    is_owner = twice["field"] == "owner_id"

    def value(column: str) -> pa.Array:
        owner = twice[column].where(is_owner).str[1:].astype("Int64")
        number = numbers(owner.fillna(-1))
        name = pa.array(users.reindex(number).where(twice["by_name"].to_numpy()), from_pandas=True)
        owner_text = pc.if_else(pa.array(twice["by_name"]), name, user_ids(number, queues))
        return pc.if_else(pa.array(is_owner), owner_text, pa.array(twice[column], from_pandas=True))

    number = numbers(twice["history_id"]) * 2 + twice["by_name"].to_numpy(dtype="int64")
    return extract_of(
        "lead_history",
        {
            "Id": salesforce_ids(number, LEAD_HISTORY),
            "LeadId": salesforce_ids(numbers(twice["lead_id"]), LEAD),
            "Field": twice["field"].map({"owner_id": "Owner", "status": "Status"}),
            "DataType": pd.Series(np.where(is_owner & ~twice["by_name"], "EntityId", "Text")),
            "OldValue": value("old_value"),
            "NewValue": value("new_value"),
            "CreatedDate": twice["changed_at"],
            "CreatedById": user_ids(numbers(twice["changed_by_id"]), queues),
        },
        twice["delivered_on"],
    )


def _contacts(leads: pd.DataFrame, conversions: pd.DataFrame, queues: Whole) -> Extract:
    """The contact that each converted lead has become."""
    emails = leads.drop_duplicates("lead_id")[["lead_id", "email"]]
    made = conversions.merge(emails, on="lead_id", how="left")
    return extract_of(
        "contacts",
        {
            "Id": salesforce_ids(numbers(made["lead_id"]), CONTACT),
            "CreatedDate": made["converted_at"],
            "LastModifiedDate": made["converted_at"],
            "SystemModstamp": made["converted_at"],
            "Email": made["email"],
            "OwnerId": user_ids(numbers(made["converted_owner"]), queues),
            "IsDeleted": False,
        },
        made["converted_on"],
        every_day=False,
    )


def _who_ids(lead: pd.Series[Any], at: pd.Series[Any], conversions: pd.DataFrame) -> pa.Array:
    """Whom a record of that time was with: the lead, or the contact that it has become by then."""
    converted_at = lead.map(conversions.set_index("lead_id")["converted_at"])
    is_contact = pa.array((at >= converted_at).to_numpy())
    number = numbers(lead)
    return pc.if_else(is_contact, salesforce_ids(number, CONTACT), salesforce_ids(number, LEAD))


def _tasks(history: History, leads: pd.DataFrame, conversions: pd.DataFrame) -> Extract:
    """What was done, and some of it a day earlier as what was planned."""
    done = _with_leads(frame_of(history, "activities"), leads, history).assign(is_planned=False)
    is_planned = (done["activity_type"] == "call") & (done["activity_id"] % PLANNED_EVERY == 0)
    planned = done.loc[is_planned].drop_duplicates("activity_id").assign(is_planned=True)
    first_day = pd.Timestamp(history.first_day)
    local_day = (planned["occurred_at"] + pd.Timedelta(seconds=history.utc_offset_seconds)).dt.floor("D")
    day_before = local_day - pd.Timedelta(days=1)
    planned["delivered_on"] = day_before.where(day_before >= first_day, first_day)
    tasks = pd.concat([planned, done]).sort_values(
        ["delivered_on", "occurred_at", "activity_id"], ignore_index=True, kind="stable"
    )
    is_open = tasks["is_planned"]
    at = tasks["occurred_at"]
    modified = at.where(~is_open, at - pd.Timedelta(days=1))
    is_inbound = tasks["direction"] == "inbound"
    no_queues = np.zeros(0, dtype=np.int64)
    return extract_of(
        "tasks",
        {
            "Id": salesforce_ids(numbers(tasks["activity_id"]), TASK),
            "WhoId": _who_ids(tasks["lead_id"], at, conversions),
            "WhatId": salesforce_ids(numbers(tasks["opportunity_id"]), OPPORTUNITY),
            "OwnerId": user_ids(numbers(tasks["user_id"]), no_queues),
            "Type": tasks["activity_type"].map(TASK_TYPES),
            "TaskSubtype": tasks["activity_type"].map(TASK_SUBTYPES),
            "Status": pd.Series(np.where(is_open, "Not Started", "Completed")),
            "IsClosed": ~is_open,
            "ActivityDate": local_dates(history, at),
            "CompletedDateTime": at.where(~is_open),
            "CallDisposition": tasks["outcome"].map(DISPOSITIONS).where(~is_open),
            "CallType": pd.Series(np.where(is_inbound, "Inbound", "Outbound")),
            "CreatedDate": modified,
            "LastModifiedDate": modified,
            "SystemModstamp": modified,
            "IsDeleted": False,
        },
        tasks["delivered_on"],
    )


def _events(history: History, leads: pd.DataFrame, conversions: pd.DataFrame) -> Extract:
    meetings = _with_leads(frame_of(history, "meetings"), leads, history)
    return extract_of(
        "events",
        {
            "Id": salesforce_ids(numbers(meetings["meeting_id"]), EVENT),
            "WhoId": _who_ids(meetings["lead_id"], meetings["created_at"], conversions),
            "OwnerId": salesforce_ids(numbers(meetings["user_id"]), USER),
            "CreatedDate": meetings["created_at"],
            "LastModifiedDate": meetings["updated_at"],
            "SystemModstamp": meetings["updated_at"],
            "StartDateTime": meetings["scheduled_at"],
            "ActivityDate": local_dates(history, meetings["scheduled_at"]),
            "Meeting_Status__c": meetings["status"].map(MEETING_STATUSES),
            "IsChild": False,
            "IsDeleted": False,
        },
        meetings["delivered_on"],
    )


def _opportunities(history: History, deals: pd.DataFrame) -> Extract:
    """Each with a close date: the day it was closed, or the one it is expected to be."""
    expected = deals["created_at"] + pd.Timedelta(days=_EXPECTED_DAYS)
    return extract_of(
        "opportunities",
        {
            "Id": salesforce_ids(numbers(deals["opportunity_id"]), OPPORTUNITY),
            "CreatedDate": deals["created_at"],
            "LastModifiedDate": deals["updated_at"],
            "SystemModstamp": deals["updated_at"],
            "OwnerId": salesforce_ids(numbers(deals["owner_id"]), USER),
            "Amount": pa.array(deals["amount"], pa.decimal128(14, 2), from_pandas=True),
            "CurrencyIsoCode": deals["currency"],
            "StageName": deals["stage"],
            "IsClosed": deals["is_closed"],
            "IsWon": deals["is_won"],
            "CloseDate": local_dates(history, deals["closed_at"].fillna(expected)),
            "IsDeleted": deals["is_deleted"],
        },
        deals["delivered_on"],
    )


def _contact_roles(deals: pd.DataFrame, conversions: pd.DataFrame) -> Extract:
    """With whom each opportunity is: the contact that its lead has become."""
    opened = deals.drop_duplicates("opportunity_id")
    opened = opened.loc[opened["lead_id"].isin(conversions["lead_id"])].reset_index(drop=True)
    return extract_of(
        "opportunity_contact_roles",
        {
            "Id": salesforce_ids(numbers(opened["opportunity_id"]), CONTACT_ROLE),
            "OpportunityId": salesforce_ids(numbers(opened["opportunity_id"]), OPPORTUNITY),
            "ContactId": salesforce_ids(numbers(opened["lead_id"]), CONTACT),
            "IsPrimary": True,
            "CreatedDate": opened["created_at"],
            "LastModifiedDate": opened["created_at"],
            "SystemModstamp": opened["created_at"],
            "IsDeleted": False,
        },
        opened["delivered_on"],
        every_day=False,
    )
