"""Meetings with people. A company may record none."""

from __future__ import annotations

from ..checks import RowsWhere, Severity, Suite
from .common import ABOUT_NOBODY, FEW, as_many_as_accepted, known_reference, known_words

MEETINGS = Suite(
    name="raw_meetings",
    table="raw.standard_meetings",
    title="Meetings",
    checks=(
        as_many_as_accepted("meetings"),
        known_words(
            "meeting_statuses_are_known",
            "status",
            ("scheduled", "confirmed", "held", "no_show", "cancelled"),
            "meeting_id",
            "are neither a confirmation nor a connection",
        ),
        RowsWhere(
            id="held_meetings_say_when",
            severity=Severity.WARNING,
            threshold=FEW,
            fails_when="scheduled_at is null",
            out_of="strip_accents(lower(trim(status))) = 'held'",
            key=("meeting_id",),
            meaning=(
                "Meetings were held and don't say when, so they count as no connection. Look whether the export still "
                "has the column scheduled_at."
            ),
        ),
        known_reference(
            "meetings_are_with_known_people",
            ABOUT_NOBODY,
            ("meeting_id",),
            "they confirm nothing for anybody",
        ),
    ),
)
