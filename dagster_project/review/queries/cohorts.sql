-- What became of the MQLs handed off in each of the last twelve months; a cell is mature once all of it is decided.
with

cohorts as (

    select funnel_by_cohort.*
    from funnel_by_cohort
    cross join review
    where
        funnel_by_cohort.period <= review.second_period
        and funnel_by_cohort.period > review.second_period - interval 12 month

),

stages as (

    select
        period,
        mqls,
        'sql' as stage,
        sqls as converted,
        sqls_decided_share as decided_share
    from cohorts

    union all

    select
        period,
        mqls,
        'opportunity' as stage,
        opportunities as converted,
        opportunities_decided_share as decided_share
    from cohorts

    union all

    select
        period,
        mqls,
        'customer' as stage,
        customers as converted,
        customers_decided_share as decided_share
    from cohorts

),

rates as (

    select
        period,
        stage,
        mqls,
        converted,
        case when mqls > 0 then converted / mqls end as rate,
        decided_share,
        coalesce(decided_share = 1, false) as is_mature
    from stages

)

select
    *,
    rate / nullif(max(rate) filter (where is_mature) over (partition by stage), 0) as shade

from rates
order by period, list_position(['sql', 'opportunity', 'customer'], stage)
