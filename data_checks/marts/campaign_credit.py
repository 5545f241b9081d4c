"""Which campaigns an MQL is credited to, by four models."""

from __future__ import annotations

from ..checks import Suite
from .common import must_not, none_such, one_row_per_key

KEY = ("model", "person_id", "cycle", "campaign_id")

FCT_CAMPAIGN_CREDIT = Suite(
    name="fct_campaign_credit",
    table="marts.fct_campaign_credit",
    title="Campaign credits",
    checks=(
        none_such(
            "credits_of_every_mql_sum_to_one_in_each_model",
            """
                with models as (
                    select * from (values ('first_touch'), ('last_touch'), ('linear'), ('position_based')) as t(model)
                ),
                sums as (
                    select model, person_id, cycle, sum(credit) as credit
                    from marts.fct_campaign_credit
                    group by model, person_id, cycle
                )
                select
                    coalesce(owed.model, sums.model) as model,
                    coalesce(owed.person_id, sums.person_id) as person_id,
                    coalesce(owed.cycle, sums.cycle) as cycle
                from (select model, person_id, cycle from marts.fct_mqls cross join models) as owed
                full join sums using (model, person_id, cycle)
                where owed.person_id is null or sums.credit is null or not abs(sums.credit - 1) <= 1e-9
            """,
            "The credits of these MQLs don't sum to one in a model: some campaign gets too much or too little.",
        ),
        one_row_per_key("fct_campaign_credit", *KEY),
        must_not(
            "credits_lie_between_0_and_1",
            "credit is null or not (credit > 0 and credit <= 1 + 1e-9)",
            KEY,
            "These credits are no share of an MQL.",
        ),
        none_such(
            "credited_campaigns_are_known",
            """
                select model, person_id, cycle, campaign_id
                from marts.fct_campaign_credit
                where campaign_id not in (select campaign_id from marts.dim_campaigns)
            """,
            "These credits go to campaigns that the dimension doesn't have.",
        ),
    ),
)
