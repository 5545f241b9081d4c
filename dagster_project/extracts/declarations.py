"""What each object of each family looks like: its columns, their types, and the rules of a row.

One declaration per object; ingestion checks and types by it, and by nothing else. What belongs here: what a file of
that object must hold to be readable. What doesn't: how it is read, and whether what it says makes sense beside other
objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from dagster_project.column_names import loose_name


class ColumnType(StrEnum):
    TEXT = "text"
    TIMESTAMP = "timestamp"
    DATE = "date"
    NUMBER = "number"
    BOOLEAN = "boolean"


DUCKDB_TYPES: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.DATE: "DATE",
    ColumnType.NUMBER: "DECIMAL(20,8)",
    ColumnType.BOOLEAN: "BOOLEAN",
}


class Reason(StrEnum):
    """Why a row is in quarantine: a closed list."""

    RAGGED_ROW = "ragged_row"
    UNREADABLE_VALUE = "unreadable_value"
    MISSING_VALUE = "missing_value"
    IMPOSSIBLE_VALUE = "impossible_value"
    UNKNOWN_CURRENCY = "unknown_currency"
    NUL_BYTE = "nul_byte"
    FIELD_TOO_LARGE = "field_too_large"
    REPEATED_HEADER = "repeated_header"
    MALFORMED_ROW = "malformed_row"


@dataclass(frozen=True)
class Column:
    name: str
    type: ColumnType = ColumnType.TEXT
    required: bool = False


@dataclass(frozen=True)
class RowRule:
    """A row for which `broken_when` (SQL over the typed columns named in `columns`) holds goes to quarantine.

    Beside the columns, the SQL may use `source_currency` (of amounts without one) and `known_currencies` (a list), both
    in upper case.
    """

    reason: Reason
    column: str
    columns: tuple[str, ...]
    broken_when: str


@dataclass(frozen=True)
class ObjectDeclaration:
    """One object: `any_of` names columns of which a row must have at least one.

    `known_words` are the words that mean something in a column; others are accepted and reported. `reported` are
    conditions (name to SQL over typed columns) that are accepted and counted.
    """

    name: str
    columns: tuple[Column, ...]
    any_of: tuple[str, ...] = ()
    rules: tuple[RowRule, ...] = ()
    known_words: Mapping[str, frozenset[str]] | None = None
    reported: Mapping[str, str] | None = None

    @cached_property
    def by_loose_name(self) -> Mapping[str, Column]:
        return {loose_name(column.name): column for column in self.columns}

    @cached_property
    def required_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def duckdb_types(self) -> Mapping[str, str]:
        """The listed columns with their types in raw Parquet as DuckDB reads them."""
        return {column.name: DUCKDB_TYPES[column.type] for column in self.columns}


def _columns(listed: str) -> tuple[Column, ...]:
    """`contact_id*, created_at* timestamp, email` → columns; no type is text, `*` is required."""
    columns = []
    for entry in listed.split(","):
        name, _, type_name = entry.strip().partition(" ")
        columns.append(Column(name.rstrip("*"), ColumnType(type_name or "text"), name.endswith("*")))
    return tuple(columns)


UNKNOWN_CURRENCY = RowRule(
    Reason.UNKNOWN_CURRENCY,
    "currency",
    ("currency",),
    "not list_contains(known_currencies, upper(coalesce(currency, source_currency)))",
)

STANDARD: Mapping[str, ObjectDeclaration] = {
    declaration.name: declaration
    for declaration in (
        ObjectDeclaration(
            "contacts",
            _columns(
                "contact_id*, created_at* timestamp, updated_at* timestamp, email, job_title, industry, company, "
                "employee_count, annual_budget, country, declared_mql_at timestamp, merged_into_contact_id, "
                "is_deleted boolean"
            ),
        ),
        ObjectDeclaration(
            "touches",
            _columns(
                "touch_id*, contact_id*, occurred_at* timestamp, touch_type*, content_type, campaign_id"
            ),
            known_words={
                "touch_type": frozenset(
                    {
                        "email_open",
                        "email_click",
                        "form_submission",
                        "content_download",
                        "page_view",
                        "webinar_attended",
                        "info_request",
                        "other",
                    }
                )
            },
        ),
        ObjectDeclaration(
            "campaigns", _columns("campaign_id*, campaign_name*, channel, started_on date, ended_on date")
        ),
        ObjectDeclaration(
            "campaign_spend",
            _columns("campaign_id*, spend_date* date, amount* number, currency, updated_at timestamp"),
            rules=(
                RowRule(Reason.IMPOSSIBLE_VALUE, "amount", ("amount",), "amount < 0"),
                UNKNOWN_CURRENCY,
            ),
        ),
        ObjectDeclaration(
            "users",
            _columns(
                "user_id*, user_name, department*, is_active boolean, started_on date, ended_on date, "
                "updated_at timestamp"
            ),
        ),
        ObjectDeclaration(
            "leads",
            _columns(
                "lead_id*, created_at* timestamp, updated_at* timestamp, contact_id, email, owner_id, status, "
                "rejection_reason, is_deleted boolean"
            ),
        ),
        ObjectDeclaration(
            "lead_history",
            _columns(
                "history_id*, lead_id*, field*, old_value, new_value, changed_at* timestamp, changed_by_id"
            ),
            known_words={"field": frozenset({"owner_id", "status"})},
        ),
        ObjectDeclaration(
            "activities",
            _columns(
                "activity_id*, lead_id, contact_id, user_id*, activity_type*, direction, occurred_at* timestamp, "
                "outcome, is_automated boolean, opportunity_id"
            ),
            any_of=("lead_id", "contact_id"),
            known_words={
                "activity_type": frozenset({"call", "email", "message", "meeting"}),
                "direction": frozenset({"outbound", "inbound"}),
                "outcome": frozenset({"connected", "no_answer", "voicemail", "bounced", "replied"}),
            },
        ),
        ObjectDeclaration(
            "meetings",
            _columns(
                "meeting_id*, lead_id, contact_id, user_id, created_at* timestamp, scheduled_at timestamp, "
                "confirmed_at timestamp, status*, updated_at* timestamp"
            ),
            any_of=("lead_id", "contact_id"),
            known_words={"status": frozenset({"scheduled", "confirmed", "held", "no_show", "cancelled"})},
        ),
        ObjectDeclaration(
            "opportunities",
            _columns(
                "opportunity_id*, created_at* timestamp, updated_at* timestamp, lead_id, contact_id, owner_id, "
                "amount number, currency, stage, is_closed* boolean, is_won* boolean, closed_at timestamp, "
                "is_deleted boolean"
            ),
            any_of=("lead_id", "contact_id"),
            rules=(
                RowRule(
                    Reason.IMPOSSIBLE_VALUE, "is_won", ("is_won", "is_closed"), "is_won and not is_closed"
                ),
                RowRule(
                    Reason.IMPOSSIBLE_VALUE,
                    "closed_at",
                    ("is_closed", "closed_at", "created_at"),
                    "is_closed and (closed_at is null or closed_at < created_at)",
                ),
                UNKNOWN_CURRENCY,
            ),
            reported={"negative opportunity amount": "amount < 0"},
        ),
    )
}

FAMILIES: Mapping[str, Mapping[str, ObjectDeclaration]] = {"standard": STANDARD}


def objects_of(family: str) -> Mapping[str, ObjectDeclaration]:
    """The objects of a family by name. Raises KeyError for a family that nobody declared."""
    return FAMILIES[family]
