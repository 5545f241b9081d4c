"""HubSpot's objects, as its API, its export and warehouse loaders write them.

Columns have the API's names. Airbyte flattens properties under a prefix, so each column also goes by that.
"""

from __future__ import annotations

from collections.abc import Mapping

from .shape import Column, ObjectDeclaration, Reason, RowRule, columns, unknown_currency

AIRBYTE_PREFIX = "properties_"

ALIASES = {
    "id": "hs_object_id, engagement_id, Record ID",
    "createdate": "Create Date, createdAt, hs_createdate",
    "hs_createdate": "createdAt, createdate",
    "lastmodifieddate": "Last Modified Date, hs_lastmodifieddate, updatedAt, _fivetran_synced",
    "hs_lastmodifieddate": "lastmodifieddate, updatedAt, _fivetran_synced",
    "hubspot_owner_id": "owner_id",
}
DELETED = "is_deleted boolean, fivetran_deleted boolean, archived boolean"
VERSIONS = f"{DELETED}, fivetran_active boolean, fivetran_start timestamp, fivetran_end timestamp"
EMAIL_DIRECTIONS = frozenset({"email", "incoming_email", "forwarded_email"})


def _object(
    name: str,
    listed: str,
    aliases: Mapping[str, str] | None = None,
    *,
    any_of: tuple[str, ...] = (),
    rules: tuple[RowRule, ...] = (),
    known_words: Mapping[str, frozenset[str]] | None = None,
    reported: Mapping[str, str] | None = None,
    attributes: Mapping[str, str] | None = None,
) -> ObjectDeclaration:
    found = columns(listed, ALIASES | dict(aliases or {}))
    return ObjectDeclaration(
        name,
        tuple(_also_flattened(column) for column in found),
        any_of,
        rules,
        known_words,
        reported,
        attributes,
        reads_epochs=True,
        flattened_under=AIRBYTE_PREFIX,
    )


def _also_flattened(column: Column) -> Column:
    named = (column.name, *column.aliases)
    flattened = tuple(f"{AIRBYTE_PREFIX}{name}" for name in named if not name.startswith("_"))
    return Column(column.name, column.type, column.required, (*column.aliases, *flattened))


CONTACTS = _object(
    "contacts",
    "id* object_id, createdate* timestamp, lastmodifieddate* timestamp, email, jobtitle, industry, company, "
    "numemployees, country, hs_v2_date_entered_marketingqualifiedlead timestamp, "
    "hs_lifecyclestage_marketingqualifiedlead_date timestamp, hs_merged_object_ids, hubspot_owner_id object_id, "
    f"hs_lead_status, {VERSIONS}",
    {
        "id": "hs_object_id, contact_id, vid, Record ID",
        "jobtitle": "Job Title",
        "company": "Company Name",
        "numemployees": "Number of Employees",
        "country": "Country/Region",
        "hs_lead_status": "Lead Status",
        "hs_merged_object_ids": "hs_calculated_merged_vids",
    },
    attributes={"employee_count": "numemployees"},
)
CONTACT_PROPERTY_HISTORY = _object(
    "contact_property_history",
    "contact_id* object_id, name*, value, timestamp* timestamp",
    {"contact_id": "vid, objectId", "name": "property", "timestamp": "changed_at"},
)
FORM_SUBMISSIONS = _object(
    "form_submissions",
    "conversion_id*, contact_id* object_id, form_id, title, page_id, page_url, timestamp* timestamp, campaign_id",
    {
        "conversion_id": "submission_id, id",
        "contact_id": "vid",
        "form_id": "guid, form_guid",
        "title": "form_name",
        "timestamp": "submitted_at",
    },
)
EMAIL_EVENTS = _object(
    "email_events",
    "id*, type*, created* timestamp, recipient, contact_id object_id, email_campaign_id, url, filtered_event boolean, "
    "campaign_id",
    {"created": "createdAt, timestamp", "contact_id": "vid"},
    any_of=("recipient", "contact_id"),
)
MARKETING_EVENT_PARTICIPATIONS = _object(
    "marketing_event_participations",
    "id*, contact_id* object_id, marketing_event_id, attendance_state*, occurred_at* timestamp, campaign_id",
    {"attendance_state": "state", "occurred_at": "timestamp, createdAt"},
    known_words={"attendance_state": frozenset({"registered", "attended", "cancelled", "no_show", "empty"})},
)
WEB_EVENTS = _object(
    "web_events",
    "id*, contact_id* object_id, event_type*, occurred_at* timestamp, hs_page_id, hs_url, campaign_id",
    {"contact_id": "objectId", "hs_page_id": "page_id", "hs_url": "page_url, url"},
)
CAMPAIGNS = _object(
    "campaigns",
    "id*, hs_name*, hs_start_date day, hs_end_date day, hs_utm, hs_spend_items_sum_amount number, hs_currency_code, "
    f"hs_lastmodifieddate timestamp, {DELETED}",
    {"id": "campaign_guid", "hs_name": "name", "hs_currency_code": "currency"},
    rules=(
        RowRule(
            Reason.IMPOSSIBLE_VALUE,
            "hs_spend_items_sum_amount",
            ("hs_spend_items_sum_amount",),
            "hs_spend_items_sum_amount < 0",
        ),
        unknown_currency("hs_currency_code", "hs_spend_items_sum_amount"),
    ),
)
OWNERS = _object(
    "owners",
    f"id* object_id, first_name, last_name, email, type, team, {DELETED}, updated_at timestamp",
    {"id": "owner_id", "team": "team_name, primary_team", "updated_at": "_fivetran_synced"},
)
OWNER_TEAMS = _object(
    "owner_teams", f"owner_id* object_id, team_id* object_id, is_team_primary boolean, {DELETED}"
)
TEAMS = _object("teams", f"id* object_id, name*, {DELETED}", {"id": "team_id"})
CALLS = _object(
    "calls",
    "id* object_id, hs_timestamp* timestamp, hs_lastmodifieddate timestamp, hubspot_owner_id object_id, "
    f"contact_id object_id, hs_call_direction, hs_call_disposition, hs_call_status, {VERSIONS}",
    known_words={"hs_call_direction": frozenset({"inbound", "outbound"})},
)
EMAILS = _object(
    "emails",
    "id* object_id, hs_timestamp* timestamp, hs_lastmodifieddate timestamp, hubspot_owner_id object_id, "
    "contact_id object_id, hs_email_direction, hs_email_status, hs_sequence_id, hs_engagement_source, "
    f"hs_object_source, {VERSIONS}",
    known_words={"hs_email_direction": EMAIL_DIRECTIONS},
)
COMMUNICATIONS = _object(
    "communications",
    "id* object_id, hs_timestamp* timestamp, hs_lastmodifieddate timestamp, hubspot_owner_id object_id, "
    f"contact_id object_id, hs_communication_channel_type, {VERSIONS}",
)
MEETINGS = _object(
    "meetings",
    "id* object_id, hs_createdate* timestamp, hs_lastmodifieddate* timestamp, hs_meeting_start_time timestamp, "
    f"hs_meeting_outcome, hubspot_owner_id object_id, contact_id object_id, {VERSIONS}",
    {
        "hs_createdate": "createdAt, created_at",
        "hs_meeting_start_time": "start_time, hs_timestamp",
        "hs_meeting_outcome": "meeting_outcome",
    },
)
ENGAGEMENT_CONTACTS = _object(
    "engagement_contacts", f"engagement_id* object_id, contact_id* object_id, {DELETED}"
)
DEALS = _object(
    "deals",
    "id* object_id, createdate* timestamp, hs_lastmodifieddate* timestamp, closedate timestamp, amount number, "
    "deal_currency_code, pipeline, dealstage, hs_is_closed boolean, hs_is_closed_won boolean, "
    f"hubspot_owner_id object_id, contact_id object_id, {VERSIONS}",
    {
        "id": "hs_object_id, deal_id, Record ID",
        "pipeline": "deal_pipeline_id",
        "dealstage": "deal_pipeline_stage_id, Deal Stage",
        "closedate": "Close Date",
        "deal_currency_code": "currency",
    },
    rules=(
        RowRule(
            Reason.IMPOSSIBLE_VALUE,
            "hs_is_closed_won",
            ("hs_is_closed_won", "hs_is_closed"),
            "hs_is_closed_won and not hs_is_closed",
        ),
        RowRule(
            Reason.IMPOSSIBLE_VALUE,
            "closedate",
            ("hs_is_closed", "closedate", "createdate"),
            "hs_is_closed and (closedate is null or closedate < createdate)",
        ),
        unknown_currency("deal_currency_code"),
    ),
    reported={"negative deal amount": "amount < 0"},
)
DEAL_CONTACTS = _object("deal_contacts", f"deal_id* object_id, contact_id* object_id, {DELETED}")
DEAL_PIPELINE_STAGES = _object(
    "deal_pipeline_stages",
    f"stage_id*, pipeline_id, label, is_closed boolean, closed_won boolean, {DELETED}",
    {"stage_id": "id", "closed_won": "is_won"},
)

HUBSPOT: Mapping[str, ObjectDeclaration] = {
    declaration.name: declaration
    for declaration in (
        CONTACTS,
        CONTACT_PROPERTY_HISTORY,
        FORM_SUBMISSIONS,
        EMAIL_EVENTS,
        MARKETING_EVENT_PARTICIPATIONS,
        WEB_EVENTS,
        CAMPAIGNS,
        OWNERS,
        OWNER_TEAMS,
        TEAMS,
        CALLS,
        EMAILS,
        COMMUNICATIONS,
        MEETINGS,
        ENGAGEMENT_CONTACTS,
        DEALS,
        DEAL_CONTACTS,
        DEAL_PIPELINE_STAGES,
    )
}
