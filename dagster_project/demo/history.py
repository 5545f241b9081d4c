"""The simulated history: one table an object, as rows that were delivered on a day.

What belongs here: the tables' columns and types, which are those of the project's standard format.
What doesn't: file formats and other vendors' shapes; writers make those from these tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

AT = pa.timestamp("s")  # naive UTC
MONEY = pa.decimal128(14, 2)
_DELIVERED = ("delivered_on", pa.date32())
"""The extract date of the file that brought the row: its own day, or later for a late one."""

CONTACTS = pa.schema(
    [
        ("contact_id", pa.string()),
        ("created_at", AT),
        ("updated_at", AT),
        ("email", pa.string()),
        ("job_title", pa.string()),
        ("industry", pa.string()),
        ("company", pa.string()),
        ("employee_count", pa.string()),
        ("annual_budget", pa.string()),
        ("country", pa.string()),
        ("state", pa.string()),
        ("declared_mql_at", AT),
        ("merged_into_contact_id", pa.string()),
        ("is_deleted", pa.bool_()),
        _DELIVERED,
    ]
)
TOUCHES = pa.schema(
    [
        ("touch_id", pa.string()),
        ("contact_id", pa.string()),
        ("occurred_at", AT),
        ("touch_type", pa.string()),
        ("content_type", pa.string()),
        ("campaign_id", pa.string()),
        _DELIVERED,
    ]
)
CAMPAIGNS = pa.schema(
    [
        ("campaign_id", pa.string()),
        ("campaign_name", pa.string()),
        ("channel", pa.string()),
        ("started_on", pa.date32()),
        ("ended_on", pa.date32()),
        _DELIVERED,
    ]
)
CAMPAIGN_SPEND = pa.schema(
    [
        ("campaign_id", pa.string()),
        ("spend_date", pa.date32()),
        ("amount", MONEY),
        ("currency", pa.string()),
        ("updated_at", AT),
        _DELIVERED,
    ]
)
USERS = pa.schema(
    [
        ("user_id", pa.string()),
        ("user_name", pa.string()),
        ("department", pa.string()),
        ("is_active", pa.bool_()),
        ("started_on", pa.date32()),
        ("ended_on", pa.date32()),
        ("updated_at", AT),
        _DELIVERED,
    ]
)
LEADS = pa.schema(
    [
        ("lead_id", pa.string()),
        ("created_at", AT),
        ("updated_at", AT),
        ("contact_id", pa.string()),
        ("email", pa.string()),
        ("owner_id", pa.string()),
        ("status", pa.string()),
        ("rejection_reason", pa.string()),
        ("is_deleted", pa.bool_()),
        _DELIVERED,
    ]
)
LEAD_HISTORY = pa.schema(
    [
        ("history_id", pa.string()),
        ("lead_id", pa.string()),
        ("field", pa.string()),
        ("old_value", pa.string()),
        ("new_value", pa.string()),
        ("changed_at", AT),
        ("changed_by_id", pa.string()),
        _DELIVERED,
    ]
)
ACTIVITIES = pa.schema(
    [
        ("activity_id", pa.string()),
        ("lead_id", pa.string()),
        ("contact_id", pa.string()),
        ("user_id", pa.string()),
        ("activity_type", pa.string()),
        ("direction", pa.string()),
        ("occurred_at", AT),
        ("outcome", pa.string()),
        ("is_automated", pa.bool_()),
        ("opportunity_id", pa.string()),
        _DELIVERED,
    ]
)
MEETINGS = pa.schema(
    [
        ("meeting_id", pa.string()),
        ("lead_id", pa.string()),
        ("contact_id", pa.string()),
        ("user_id", pa.string()),
        ("created_at", AT),
        ("scheduled_at", AT),
        ("confirmed_at", AT),
        ("status", pa.string()),
        ("updated_at", AT),
        _DELIVERED,
    ]
)
OPPORTUNITIES = pa.schema(
    [
        ("opportunity_id", pa.string()),
        ("created_at", AT),
        ("updated_at", AT),
        ("lead_id", pa.string()),
        ("contact_id", pa.string()),
        ("owner_id", pa.string()),
        ("amount", MONEY),
        ("currency", pa.string()),
        ("stage", pa.string()),
        ("is_closed", pa.bool_()),
        ("is_won", pa.bool_()),
        ("closed_at", AT),
        ("is_deleted", pa.bool_()),
        _DELIVERED,
    ]
)

MARKETING_OBJECTS = ("contacts", "touches", "campaigns", "campaign_spend")
CRM_OBJECTS = ("users", "leads", "lead_history", "activities", "meetings", "opportunities")
DUMPED_OBJECTS = ("campaigns", "users")
"""Delivered whole on some days; every other object has a file of changes each day."""


@dataclass(frozen=True)
class History:
    """A simulated company's history: what its two systems delivered from `first_day` to `last_day`.

    Timestamps are naive UTC with whole seconds, dates are local; every table's rows stand in the
    order in which they happened, and `delivered_on` says which day's extract brought them.
    """

    seed: int
    first_day: date
    last_day: date
    timezone: str
    utc_offset_seconds: int
    contacts: pa.Table
    touches: pa.Table
    campaigns: pa.Table
    campaign_spend: pa.Table
    users: pa.Table
    leads: pa.Table
    lead_history: pa.Table
    activities: pa.Table
    meetings: pa.Table
    opportunities: pa.Table

    def table(self, object_name: str) -> pa.Table:
        """The table of a standard object; raises KeyError for an unknown one."""
        if object_name not in MARKETING_OBJECTS + CRM_OBJECTS:
            raise KeyError(object_name)
        table: pa.Table = getattr(self, object_name)
        return table
