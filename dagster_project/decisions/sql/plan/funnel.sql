-- One row per period that is over: what it brought and cost.
select
    funnel.period,
    funnel.leads,
    funnel.mqls_qualified,
    funnel.mqls_delivered,
    funnel.spend

from marts.funnel_by_period as funnel
inner join intermediate.int_periods as periods on funnel.period = periods.period
where periods.is_over
order by funnel.period
