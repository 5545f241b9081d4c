-- Each rep's load in each of the review's months, those furthest outside what was agreed first.
with

loads as (

    select
        period,
        rep_id,
        outcome
    from fct_obligations
    where obligation = 'rep_load'

),

duties as (

    select
        period,
        rep_id,
        count(*) as owed,
        count(*) filter (where outcome = 'breached') as breached
    from fct_obligations
    where obligation in ('first_attempt', 'cadence', 'disposition', 'no_contact')
    group by period, rep_id

)

select
    rep_performance.period,
    rep_performance.rep_id,
    rep_performance.mqls,
    rep_performance.min,
    rep_performance.max,
    case
        when loads.outcome is null then 'not_agreed'
        when rep_performance.mqls > rep_performance.max then 'above'
        when loads.outcome = 'pending' then 'running'
        when rep_performance.mqls < rep_performance.min then 'below'
        else 'within'
    end as load,
    greatest(rep_performance.mqls - rep_performance.max, 0)
    + case when loads.outcome = 'breached' then greatest(rep_performance.min - rep_performance.mqls, 0) else 0 end
        as outside_by,
    rep_performance.first_response_p50_business_seconds as median_seconds,
    coalesce(duties.owed, 0) as owed,
    coalesce(duties.breached, 0) as breached,
    rep_performance.sqls,
    rep_performance.won

from rep_performance
left join loads on rep_performance.period = loads.period and rep_performance.rep_id = loads.rep_id
left join duties on rep_performance.period = duties.period and rep_performance.rep_id = duties.rep_id
cross join review
where rep_performance.period in (review.first_period, review.second_period)
order by rep_performance.period, outside_by desc nulls last, rep_performance.mqls desc, rep_performance.rep_id
