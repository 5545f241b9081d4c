"""Activities: what reps did, and how people answered."""

from __future__ import annotations

from decimal import Decimal

from ..checks import RowsThere, RowsWhere, Severity, Suite
from .common import (
    ABOUT_NOBODY,
    as_many_as_accepted,
    in_force,
    known_reference,
    known_words,
    not_far_in_the_future,
)

ACTIVITIES = Suite(
    name="raw_activities",
    table="raw.standard_activities",
    title="Activities",
    checks=(
        RowsThere(
            id="activities_are_delivered_where_follow_up_is_promised",
            severity=Severity.ERROR,
            threshold=1,
            asked_if=in_force(
                "versions.first_attempt_within_microseconds is not null "
                "or versions.version in (select version from raw.contract_cadence)"
            ),
            meaning=(
                "The contract promises attempts, and not one activity has been delivered: sales would seem to have "
                "broken every promise. Look whether the CRM's export of activities runs, and writes more than a header."
            ),
        ),
        as_many_as_accepted("activities"),
        not_far_in_the_future("activities", "occurred_at", "activity_id"),
        known_words(
            "activity_types_are_known",
            "activity_type",
            ("call", "email", "message", "meeting"),
            "activity_id",
            "fulfil no step of a cadence that asks for a kind",
        ),
        known_words(
            "activity_directions_are_known",
            "direction",
            ("outbound", "inbound"),
            "activity_id",
            "are neither an attempt nor an answer",
        ),
        known_words(
            "activity_outcomes_are_known",
            "outcome",
            ("connected", "no_answer", "voicemail", "bounced", "replied"),
            "activity_id",
            "are never a connection",
        ),
        RowsWhere(
            id="calls_mostly_say_what_came_of_them",
            severity=Severity.WARNING,
            threshold=Decimal("0.5"),
            fails_when="outcome is null",
            out_of="strip_accents(lower(trim(activity_type))) = 'call'",
            key=("activity_id",),
            meaning=(
                "Most calls have no outcome, so nobody seems to have been reached by phone. Look whether the export "
                "still has the column outcome, and whether reps fill it in."
            ),
        ),
        known_reference(
            "activities_are_by_known_users",
            "user_id not in (select user_id from raw.standard_users)",
            ("activity_id",),
            "they are no rep's attempt and promises seem broken that were kept",
            severity=Severity.ERROR,
            threshold=Decimal("0.2"),
        ),
        known_reference(
            "activities_are_about_known_people",
            ABOUT_NOBODY,
            ("activity_id",),
            "they are about nobody and promises seem broken that were kept",
            severity=Severity.ERROR,
            threshold=Decimal("0.2"),
        ),
        RowsWhere(
            id="sales_activity_is_by_reps",
            severity=Severity.ERROR,
            threshold=Decimal("0.9"),
            fails_when="""
                user_id not in (
                    select user_id from raw.standard_users where strip_accents(lower(trim(department))) = 'sales'
                )
            """,
            out_of="""
                coalesce(strip_accents(lower(trim(direction))), 'outbound') = 'outbound'
                and not coalesce(is_automated, false)
            """,
            key=("activity_id",),
            meaning=(
                "Hardly any activity is by someone of the department sales: only a rep's counts as an attempt, so "
                "sales would seem to have done nothing. Look at the column department of users, and at which user the "
                "CRM writes on activities."
            ),
        ),
    ),
)
