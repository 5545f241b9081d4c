"""Opportunities of the CRM. A young company may have none yet."""

from __future__ import annotations

from decimal import Decimal

from ..checks import RowsThere, RowsWhere, Severity, Suite
from .common import ABOUT_NOBODY, as_many_as_accepted, in_force, known_reference, not_far_in_the_future

OPPORTUNITIES = Suite(
    name="raw_opportunities",
    table="raw.standard_opportunities",
    title="Opportunities",
    checks=(
        as_many_as_accepted("opportunities"),
        RowsThere(
            id="opportunities_are_delivered_where_they_are_promised",
            severity=Severity.WARNING,
            threshold=1,
            asked_if=in_force(
                "versions.opportunity_within_microseconds is not null "
                "or versions.customer_within_microseconds is not null"
            ),
            meaning=(
                "The contract promises opportunities or customers, and not one opportunity has been delivered. Look "
                "whether the CRM's export of opportunities runs; before the first sale this is as it should be."
            ),
        ),
        not_far_in_the_future("opportunities", "created_at", "opportunity_id"),
        RowsWhere(
            id="opportunity_amounts_are_not_negative",
            severity=Severity.WARNING,
            fails_when="amount < 0",
            key=("opportunity_id",),
            meaning=(
                "These amounts are negative and lower the revenue won: credit notes, or a wrong sign. Ask sales "
                "whether they are meant so."
            ),
        ),
        RowsWhere(
            id="won_opportunities_have_an_amount",
            severity=Severity.WARNING,
            threshold=Decimal("0.1"),
            fails_when="amount is null",
            out_of="is_won",
            key=("opportunity_id",),
            meaning=(
                "Opportunities were won for no amount: they count as customers, and as 0 in the revenue. Have sales "
                "fill the amounts in, or look whether the export still has the column amount."
            ),
        ),
        RowsWhere(
            id="no_opportunity_is_a_thousand_times_the_usual",
            severity=Severity.WARNING,
            fails_when="amount > 1000 * (select median(amount) from raw.standard_opportunities where amount > 0)",
            key=("opportunity_id",),
            meaning=(
                "An opportunity is worth more than a thousand times the usual: a decimal comma read as a point, or "
                "another currency. Revenue and next targets may be far too high. Look at the amount and the currency."
            ),
        ),
        known_reference(
            "opportunities_are_of_known_people",
            ABOUT_NOBODY,
            ("opportunity_id",),
            "they are no MQL's and neither are the customers",
        ),
    ),
)
