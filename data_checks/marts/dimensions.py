"""Campaigns, periods and the ledger as they are published."""

from __future__ import annotations

from ..checks import RowCount, Severity, Suite
from .common import COMPLETE_THROUGH, as_many_as, none_such, one_row_per_key

DIM_CAMPAIGNS = Suite(
    name="dim_campaigns",
    table="marts.dim_campaigns",
    title="Campaigns",
    checks=(
        RowCount(
            id="there_are_campaigns_or_none",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "Not even the campaign (none), to which MQLs without a campaign belong, is there. Nothing has been "
                "published. Run everything again."
            ),
        ),
        one_row_per_key("dim_campaigns", "campaign_id"),
        none_such(
            "first_campaigns_of_mqls_are_known",
            """
                select person_id, cycle, first_campaign_id
                from marts.fct_mqls
                where
                    first_campaign_id is null
                    or first_campaign_id not in (select campaign_id from marts.dim_campaigns)
            """,
            "These MQLs come from campaigns that the dimension doesn't have.",
        ),
    ),
)

DIM_PERIODS = Suite(
    name="dim_periods",
    table="marts.dim_periods",
    title="Periods",
    checks=(
        RowCount(
            id="there_are_periods",
            severity=Severity.WARNING,
            threshold=1,
            meaning=(
                "No period has begun under a signed contract by the last complete day, so there is nothing to state "
                "yet. Look at effective_from of the first version."
            ),
        ),
        none_such(
            "periods_are_the_contracts_months",
            """
                select period
                from raw.periods
                cross join raw.as_of as as_of
                where
                    starts_at >= (select min(effective_at) from raw.contract_versions)
                    and starts_at < as_of.complete_through
                except
                select period from marts.dim_periods
            """,
            "Months in which the contract is in force are missing: nobody would owe anything in them.",
        ),
        one_row_per_key("dim_periods", "period"),
        none_such(
            "periods_follow_each_other_without_a_gap",
            f"""
                select period
                from (
                    select *, lead(starts_at) over (order by starts_at) as next_starts_at from marts.dim_periods
                ) as periods
                cross join raw.as_of as as_of
                where
                    ends_at <= starts_at
                    or next_starts_at <> ends_at
                    or starts_at >= {COMPLETE_THROUGH}
                    or is_over is distinct from (ends_at <= {COMPLETE_THROUGH})
                    or not (elapsed_business_seconds between 0 and business_seconds)
            """,
            "These periods overlap, leave a gap, haven't begun, or are called over when they aren't.",
        ),
    ),
)

EXTRACT_LEDGER = Suite(
    name="extract_ledger",
    table="marts.extract_ledger",
    title="Published ledger",
    checks=(
        as_many_as(
            "the_published_ledger_is_the_whole_ledger",
            "deliveries",
            "select count(*) from marts.extract_ledger",
            "select count(*) from raw.extract_ledger",
        ),
        one_row_per_key(
            "extract_ledger", "source", "object", "extract_date", "part", "delivery", nullable=("part",)
        ),
    ),
)
