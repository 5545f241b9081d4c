"""Opportunities that belong to MQLs."""

from __future__ import annotations

from ..checks import Suite
from .common import COMPLETE_THROUGH, as_many_as, must_not, none_such, one_row_per_key

FCT_OPPORTUNITIES = Suite(
    name="fct_opportunities",
    table="marts.fct_opportunities",
    title="Opportunities of MQLs",
    checks=(
        as_many_as(
            "opportunities_are_as_many_as_their_mqls_have",
            "opportunities of MQLs",
            "select count(*) from marts.fct_opportunities",
            "select coalesce(sum(opportunities), 0) from marts.fct_mqls",
        ),
        as_many_as(
            "amounts_won_are_those_of_the_mqls",
            "amounts won",
            "select coalesce(sum(amount), 0) from marts.fct_opportunities where is_won",
            "select coalesce(sum(amount_won), 0) from marts.fct_mqls",
        ),
        one_row_per_key("fct_opportunities", "opportunity_id"),
        must_not(
            "opportunities_close_after_they_are_created",
            f"""
                closed_at < created_at
                or is_closed <> (closed_at is not null)
                or (is_won and not is_closed)
                or greatest(created_at, closed_at) >= {COMPLETE_THROUGH}
                or is_closed is null or is_won is null or created_at is null
            """,
            ("opportunity_id",),
            "These opportunities are closed before they were created, won while open, or dated after the last "
            "complete day.",
        ),
        none_such(
            "opportunities_are_created_after_the_hand_off",
            """
                select opportunities.opportunity_id
                from marts.fct_opportunities as opportunities
                left join marts.fct_mqls as mqls
                    on opportunities.person_id = mqls.person_id and opportunities.cycle = mqls.cycle
                where mqls.handed_off_at is null or opportunities.created_at < mqls.handed_off_at
            """,
            "These opportunities belong to no handed-off MQL, or are older than its hand-off.",
        ),
    ),
)
