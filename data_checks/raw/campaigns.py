"""Campaigns and what was spent on them. A company may have neither."""

from __future__ import annotations

from decimal import Decimal

from ..checks import RowsWhere, Severity, Suite
from .common import as_many_as_accepted, known_reference

CAMPAIGNS = Suite(
    name="raw_campaigns",
    table="raw.standard_campaigns",
    title="Campaigns",
    checks=(
        as_many_as_accepted("campaigns"),
        RowsWhere(
            id="campaigns_end_after_they_start",
            severity=Severity.WARNING,
            fails_when="ended_on < started_on",
            key=("campaign_id",),
            meaning=(
                "These campaigns end before they start: day and month may be mixed up. No figure uses the dates, but "
                "people read them. Have the source correct them."
            ),
        ),
    ),
)

CAMPAIGN_SPEND = Suite(
    name="raw_campaign_spend",
    table="raw.standard_campaign_spend",
    title="Campaign spend",
    checks=(
        as_many_as_accepted("campaign_spend"),
        RowsWhere(
            id="campaign_spend_is_not_far_in_the_future",
            severity=Severity.WARNING,
            threshold=Decimal("0.01"),
            fails_when="spend_date > as_of.complete_through + interval 30 days",
            key=("campaign_id", "spend_date"),
            meaning=(
                "Money is dated more than 30 days after the last complete day: a plan instead of what was spent, or "
                "day and month mixed up. It would count on that day. Have the source deliver what was spent."
            ),
        ),
        RowsWhere(
            id="no_campaign_day_costs_a_hundred_times_the_usual",
            severity=Severity.WARNING,
            fails_when="amount > 100 * (select median(amount) from raw.standard_campaign_spend where amount > 0)",
            key=("campaign_id", "spend_date"),
            meaning=(
                "A day of a campaign costs more than a hundred times the usual: a decimal comma read as a point, or "
                "another currency. The cost per MQL may be far too high. Look at the amount and the currency."
            ),
        ),
        known_reference(
            "campaign_spend_is_of_known_campaigns",
            "campaign_id not in (select campaign_id from raw.standard_campaigns)",
            ("campaign_id", "spend_date"),
            "their campaigns are shown by id only",
        ),
    ),
)
