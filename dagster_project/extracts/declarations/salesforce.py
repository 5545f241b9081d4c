"""Salesforce's objects, as its API, its export and warehouse loaders write them.

Columns have the API's names in snake case, which the loose matching makes one with `CreatedDate`, `createddate` and
`created_date`.
"""

from __future__ import annotations

from collections.abc import Mapping

from .shape import ObjectDeclaration, Reason, RowRule, columns, unknown_currency

ALIASES = {
    "last_modified_date": "SystemModstamp, _fivetran_synced",
}
DELETED = "is_deleted boolean, fivetran_deleted boolean"
VERSIONS = f"{DELETED}, fivetran_active boolean, fivetran_start timestamp, fivetran_end timestamp"
# A custom field says what became of an event: Salesforce has none of its own.
EVENT_STATUS = "Meeting_Status__c, Event_Disposition__c, Status__c, Outcome__c"
REJECTION_REASON = "Rejection_Reason__c, Unqualified_Reason__c, Disqualified_Reason__c, Junk_Reason__c"


def _object(
    name: str,
    listed: str,
    aliases: Mapping[str, str] | None = None,
    *,
    any_of: tuple[str, ...] = (),
    rules: tuple[RowRule, ...] = (),
    known_words: Mapping[str, frozenset[str]] | None = None,
    reported: Mapping[str, str] | None = None,
) -> ObjectDeclaration:
    found = columns(listed, ALIASES | dict(aliases or {}))
    return ObjectDeclaration(name, found, any_of, rules, known_words, reported)


LEADS = _object(
    "leads",
    "id* salesforce_id, created_date* timestamp, last_modified_date* timestamp, email, owner_id salesforce_id, status, "
    "rejection_reason, converted_date day, converted_contact_id salesforce_id, "
    f"converted_opportunity_id salesforce_id, master_record_id salesforce_id, {VERSIONS}",
    {"rejection_reason": REJECTION_REASON},
)
# Stitch splits a value by its type: texts are in the column that ends in st.
LEAD_HISTORY = _object(
    "lead_history",
    "id* salesforce_id, lead_id* salesforce_id, field*, old_value, new_value, created_date* timestamp, "
    f"created_by_id salesforce_id, {DELETED}",
    {"old_value": "oldvalue__st", "new_value": "newvalue__st"},
)
CONTACTS = _object(
    "contacts",
    "id* salesforce_id, last_modified_date* timestamp, email, owner_id salesforce_id, master_record_id salesforce_id, "
    f"{VERSIONS}",
)
CAMPAIGNS = _object(
    "campaigns",
    "id* salesforce_id, name*, type, start_date day, end_date day, actual_cost number, currency_iso_code, "
    f"last_modified_date timestamp, {DELETED}",
    rules=(
        RowRule(Reason.IMPOSSIBLE_VALUE, "actual_cost", ("actual_cost",), "actual_cost < 0"),
        unknown_currency("currency_iso_code", "actual_cost"),
    ),
)
CAMPAIGN_MEMBERS = _object(
    "campaign_members",
    "id* salesforce_id, campaign_id* salesforce_id, lead_id salesforce_id, contact_id salesforce_id, "
    "lead_or_contact_id salesforce_id, status, has_responded boolean, first_responded_date day, "
    f"last_modified_date timestamp, {DELETED}",
    any_of=("lead_id", "contact_id", "lead_or_contact_id"),
    rules=(
        RowRule(
            Reason.MISSING_VALUE,
            "first_responded_date",
            ("has_responded", "first_responded_date"),
            "has_responded and first_responded_date is null",
        ),
    ),
)
USERS = _object(
    "users",
    "id* salesforce_id, name, department, profile_id salesforce_id, user_role_id salesforce_id, is_active boolean, "
    f"last_modified_date timestamp, {DELETED}",
)
USER_ROLES = _object("user_roles", f"id* salesforce_id, name*, {DELETED}", {"name": "developer_name"})
PROFILES = _object("profiles", f"id* salesforce_id, name*, {DELETED}")
TASKS = _object(
    "tasks",
    "id* salesforce_id, who_id salesforce_id, what_id salesforce_id, owner_id salesforce_id, type, task_subtype, "
    "status, is_closed boolean, activity_date day, completed_date_time timestamp, call_disposition, call_type, "
    f"last_modified_date timestamp, {VERSIONS}",
    rules=(
        RowRule(
            Reason.MISSING_VALUE,
            "activity_date",
            ("is_closed", "activity_date", "completed_date_time"),
            "is_closed and activity_date is null and completed_date_time is null",
        ),
    ),
    known_words={"call_type": frozenset({"inbound", "outbound", "internal"})},
)
EVENTS = _object(
    "events",
    "id* salesforce_id, who_id salesforce_id, owner_id salesforce_id, created_date* timestamp, "
    "last_modified_date* timestamp, start_date_time timestamp, activity_date day, status, is_child boolean, "
    f"{VERSIONS}",
    {"status": EVENT_STATUS, "start_date_time": "ActivityDateTime"},
)
OPPORTUNITIES = _object(
    "opportunities",
    "id* salesforce_id, created_date* timestamp, last_modified_date* timestamp, owner_id salesforce_id, amount number, "
    f"currency_iso_code, stage_name, is_closed* boolean, is_won* boolean, close_date day, {VERSIONS}",
    rules=(
        RowRule(Reason.IMPOSSIBLE_VALUE, "is_won", ("is_won", "is_closed"), "is_won and not is_closed"),
        # CloseDate is a local day, CreatedDate an instant: their dates may differ by one.
        RowRule(
            Reason.IMPOSSIBLE_VALUE,
            "close_date",
            ("is_closed", "close_date", "created_date"),
            "is_closed and (close_date is null or close_date < cast(created_date as date) - 1)",
        ),
        unknown_currency("currency_iso_code"),
    ),
    reported={"negative opportunity amount": "amount < 0"},
)
OPPORTUNITY_CONTACT_ROLES = _object(
    "opportunity_contact_roles",
    "id* salesforce_id, opportunity_id* salesforce_id, contact_id* salesforce_id, is_primary boolean, "
    f"created_date timestamp, last_modified_date timestamp, {DELETED}",
)

SALESFORCE: Mapping[str, ObjectDeclaration] = {
    declaration.name: declaration
    for declaration in (
        LEADS,
        LEAD_HISTORY,
        CONTACTS,
        CAMPAIGNS,
        CAMPAIGN_MEMBERS,
        USERS,
        USER_ROLES,
        PROFILES,
        TASKS,
        EVENTS,
        OPPORTUNITIES,
        OPPORTUNITY_CONTACT_ROLES,
    )
}
