-- MQLs up to each business day of the review's months, beside an even way to the goal. They are those handed off, or
-- those qualified where only that is promised. What happens on a day off counts with the next business day of the month,
-- or with its last one.
with

promised as (

    select
        sla_attainment.period,
        sla_attainment.metric,
        cast(max(sla_attainment.target) as double) as goal
    from sla_attainment
    cross join review
    where
        sla_attainment.period in (review.first_period, review.second_period)
        and sla_attainment.metric in ('mqls_delivered', 'mqls_qualified')
        and sla_attainment.comparison = 'at_least'
    group by sla_attainment.period, sla_attainment.metric

),

-- in the alphabet, delivered comes before qualified
counted as (

    select coalesce(min(metric), 'mqls_delivered') as metric from promised

),

happened as (

    select
        case when counted.metric = 'mqls_qualified' then fct_mqls.qualified_date else fct_mqls.handed_off_date end
            as local_date,
        count(*) as mqls
    from fct_mqls
    cross join counted
    group by all

),

days as (

    select
        dim_days.period,
        dim_days.local_date,
        dim_days.has_begun,
        max(dim_days.business_day) over (partition by dim_days.period) as business_days,
        case when dim_days.is_business_day then dim_days.business_day else dim_days.business_day + 1 end as counts_with
    from dim_days
    cross join review
    where dim_days.period in (review.first_period, review.second_period)

),

by_business_day as (

    select
        days.period,
        greatest(days.business_days, 1) as business_days,
        greatest(least(days.counts_with, days.business_days), 1) as business_day,
        coalesce(sum(happened.mqls), 0) as mqls,
        bool_or(days.has_begun) as has_begun
    from days
    left join happened on days.local_date = happened.local_date
    group by all

)

select
    by_business_day.period,
    counted.metric,
    cast(by_business_day.business_day as integer) as business_day,
    cast(by_business_day.business_days as integer) as business_days,
    cast(
        case
            when by_business_day.has_begun
                then sum(by_business_day.mqls)
                    over (partition by by_business_day.period order by by_business_day.business_day)
        end as bigint
    ) as mqls,
    promised.goal,
    promised.goal * by_business_day.business_day / by_business_day.business_days as goal_so_far

from by_business_day
cross join counted
left join promised on by_business_day.period = promised.period and counted.metric = promised.metric
order by by_business_day.period, by_business_day.business_day
