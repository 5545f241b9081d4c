"""The standard family: the project's own format, to which any system can be exported."""

from __future__ import annotations

from collections.abc import Mapping

from .shape import ObjectDeclaration, Reason, RowRule, columns, unknown_currency

UNKNOWN_CURRENCY = unknown_currency("currency")

STANDARD: Mapping[str, ObjectDeclaration] = {
    declaration.name: declaration
    for declaration in (
        ObjectDeclaration(
            "contacts",
            columns(
                "contact_id*, created_at* timestamp, updated_at* timestamp, email, job_title, industry, company, "
                "employee_count, annual_budget, country, declared_mql_at timestamp, merged_into_contact_id, "
                "is_deleted boolean"
            ),
        ),
        ObjectDeclaration(
            "touches",
            columns("touch_id*, contact_id*, occurred_at* timestamp, touch_type*, content_type, campaign_id"),
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
            "campaigns", columns("campaign_id*, campaign_name*, channel, started_on date, ended_on date")
        ),
        ObjectDeclaration(
            "campaign_spend",
            columns("campaign_id*, spend_date* date, amount* number, currency, updated_at timestamp"),
            rules=(
                RowRule(Reason.IMPOSSIBLE_VALUE, "amount", ("amount",), "amount < 0"),
                UNKNOWN_CURRENCY,
            ),
        ),
        ObjectDeclaration(
            "users",
            columns(
                "user_id*, user_name, department*, is_active boolean, started_on date, ended_on date, "
                "updated_at timestamp"
            ),
        ),
        ObjectDeclaration(
            "leads",
            columns(
                "lead_id*, created_at* timestamp, updated_at* timestamp, contact_id, email, owner_id, status, "
                "rejection_reason, is_deleted boolean"
            ),
        ),
        ObjectDeclaration(
            "lead_history",
            columns(
                "history_id*, lead_id*, field*, old_value, new_value, changed_at* timestamp, changed_by_id"
            ),
            known_words={"field": frozenset({"owner_id", "status"})},
        ),
        ObjectDeclaration(
            "activities",
            columns(
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
            columns(
                "meeting_id*, lead_id, contact_id, user_id, created_at* timestamp, scheduled_at timestamp, "
                "confirmed_at timestamp, status*, updated_at* timestamp"
            ),
            any_of=("lead_id", "contact_id"),
            known_words={"status": frozenset({"scheduled", "confirmed", "held", "no_show", "cancelled"})},
        ),
        ObjectDeclaration(
            "opportunities",
            columns(
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
