"""Touches: what people did with marketing."""

from __future__ import annotations

from decimal import Decimal

from ..checks import RowsThere, Severity, Suite
from .common import as_many_as_accepted, in_force, known_reference, known_words, not_far_in_the_future

TOUCH_TYPES = (
    "email_open",
    "email_click",
    "form_submission",
    "content_download",
    "page_view",
    "webinar_attended",
    "info_request",
    "other",
)

TOUCHES = Suite(
    name="raw_touches",
    table="raw.standard_touches",
    title="Touches",
    checks=(
        RowsThere(
            id="touches_are_delivered_where_mqls_are_scored",
            severity=Severity.ERROR,
            threshold=1,
            asked_if=in_force(
                "versions.basis = 'scored' and versions.version in (select version from raw.contract_engagement)"
            ),
            meaning=(
                "The contract gives points for what people do, and no touch has been delivered: nobody would get any. "
                "Look whether marketing's export of touches runs, and whether it writes more than a header."
            ),
        ),
        as_many_as_accepted("touches"),
        not_far_in_the_future("touches", "occurred_at", "touch_id"),
        known_words(
            "touch_types_are_known", "touch_type", TOUCH_TYPES, "touch_id", "match no rule of the contract"
        ),
        known_reference(
            "touches_are_of_known_contacts",
            "contact_id not in (select contact_id from raw.standard_contacts)",
            ("touch_id",),
            "they give nobody points and many MQLs may be missing",
            severity=Severity.ERROR,
            threshold=Decimal("0.2"),
        ),
        known_reference(
            "touches_name_known_campaigns",
            "campaign_id not in (select campaign_id from raw.standard_campaigns)",
            ("touch_id",),
            "their campaigns are shown by id only",
            out_of="campaign_id is not null and exists (select 1 from raw.standard_campaigns)",
        ),
    ),
)
