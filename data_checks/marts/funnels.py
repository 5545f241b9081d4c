"""The funnel, by the period of the hand-off and by the period of the event."""

from __future__ import annotations

from ..checks import Suite
from .common import COMPLETE_THROUGH, as_many_as, must_not, none_such, one_row_per_key

FUNNEL_BY_COHORT = Suite(
    name="funnel_by_cohort",
    table="marts.funnel_by_cohort",
    title="Funnel by cohort",
    checks=(
        as_many_as(
            "cohorts_hold_every_handed_off_mql",
            "handed-off MQLs",
            "select coalesce(sum(mqls), 0) from marts.funnel_by_cohort",
            "select count(handed_off_at) from marts.fct_mqls",
        ),
        as_many_as(
            "there_is_a_cohort_for_every_period",
            "periods",
            "select count(*) from marts.funnel_by_cohort",
            "select count(*) from marts.dim_periods",
        ),
        one_row_per_key("funnel_by_cohort", "period"),
        must_not(
            "cohort_shares_lie_between_0_and_1",
            "not (sqls_decided_share between 0 and 1) or not (opportunities_decided_share between 0 and 1) "
            "or not (customers_decided_share between 0 and 1)",
            ("period",),
            "Decided shares of these cohorts are no shares.",
        ),
        must_not(
            "cohorts_convert_at_most_everybody",
            "least(mqls, sqls, opportunities, customers) < 0 or greatest(sqls, opportunities, customers) > mqls",
            ("period",),
            "More of these cohorts were converted than were handed off.",
        ),
    ),
)

FUNNEL_BY_PERIOD = Suite(
    name="funnel_by_period",
    table="marts.funnel_by_period",
    title="Funnel by period",
    checks=(
        none_such(
            "the_funnel_counts_every_mql_and_person",
            f"""
                with funnel as (
                    select
                        sum(leads) as leads, sum(mqls_qualified) as mqls_qualified,
                        sum(mqls_delivered) as mqls_delivered, sum(sqls) as sqls,
                        sum(opportunities) as opportunities, sum(customers_won) as customers_won,
                        sum(lost) as lost, sum(revenue_won) as revenue_won
                    from marts.funnel_by_period
                ),
                mqls as (
                    select
                        count(qualified_at) as mqls_qualified, count(handed_off_at) as mqls_delivered,
                        count(sql_at) as sqls, count(opportunity_at) as opportunities,
                        count(won_at) as customers_won, count(lost_at) as lost, sum(amount_won) as revenue_won
                    from marts.fct_mqls
                ),
                people as (
                    select count(*) as leads
                    from marts.dim_people
                    cross join raw.as_of as as_of
                    where
                        first_seen_at >= (select min(starts_at) from marts.dim_periods)
                        and first_seen_at < {COMPLETE_THROUGH}
                ),
                compared as (
                    select
                        unnest([
                            'leads', 'mqls_qualified', 'mqls_delivered', 'sqls', 'opportunities', 'customers_won',
                            'lost', 'revenue_won'
                        ]) as column_name,
                        unnest([
                            funnel.leads, funnel.mqls_qualified, funnel.mqls_delivered, funnel.sqls,
                            funnel.opportunities, funnel.customers_won, funnel.lost, funnel.revenue_won
                        ]) as found,
                        unnest([
                            people.leads, mqls.mqls_qualified, mqls.mqls_delivered, mqls.sqls, mqls.opportunities,
                            mqls.customers_won, mqls.lost, mqls.revenue_won
                        ]) as expected
                    from funnel
                    cross join mqls
                    cross join people
                )
                select column_name from compared where coalesce(found, 0) <> coalesce(expected, 0)
            """,
            "These columns of the funnel don't add up to the MQLs and people that there are.",
        ),
        as_many_as(
            "the_funnel_has_a_row_for_every_period",
            "periods",
            "select count(*) from marts.funnel_by_period",
            "select count(*) from marts.dim_periods",
        ),
        one_row_per_key("funnel_by_period", "period"),
        must_not(
            "funnel_counts_are_not_negative",
            "least(leads, mqls_qualified, mqls_delivered, sqls, opportunities, meetings_confirmed, customers_won, "
            "lost, spend) < 0",
            ("period",),
            "Counts or spend of these periods are negative.",
        ),
    ),
)
