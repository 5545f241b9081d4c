-- The MQL number argued for the two months after the review.
select mql_plan.*

from mql_plan
cross join review
where
    mql_plan.period > review.second_period
    and mql_plan.period <= review.second_period + interval 2 month
order by mql_plan.period
