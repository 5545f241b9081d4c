-- The MQL number argued for the two months after the review: what is proposed now, or for a month that has begun since
-- what had last been proposed (`proposed_through`: the instant that it was stated as of).
with

stated as (

    select *, null::timestamptz as proposed_through, null::timestamptz as published_at
    from mql_plan

    union all by name

    select * exclude (complete_through), complete_through as proposed_through
    from mql_plan_history

)

select stated.* exclude (published_at)

from stated
cross join review
where
    stated.period > review.second_period
    and stated.period <= review.second_period + interval 2 month
qualify row_number() over (
    partition by stated.period order by stated.proposed_through is null desc, stated.published_at desc
) = 1
order by stated.period
