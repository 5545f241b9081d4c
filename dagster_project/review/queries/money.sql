-- Revenue won and campaign spend of each of the review's months, in the contract's currency.
select
    funnel_by_period.period,
    cast(funnel_by_period.revenue_won as double) as revenue_won,
    cast(funnel_by_period.spend as double) as spend

from funnel_by_period
cross join review
where funnel_by_period.period in (review.first_period, review.second_period)
order by funnel_by_period.period
