with

periods as (

    select * from {{ ref('int_periods') }}

),

loads as (

    select * from {{ ref('int_rep_load') }}

),

mqls as (

    select * from {{ ref('int_mqls') }}
    where handed_off_at is not null

),

responses as (

    select
        person_id,
        cycle,
        first_response_business_seconds
    from {{ ref('fct_mqls') }}

),

events as (

    select
        rep_id,
        'mql' as event,
        handed_off_at as happened_at
    from mqls

    union all

    select
        rep_id,
        'sql' as event,
        sql_at as happened_at
    from mqls

    union all

    select
        rep_id,
        'won' as event,
        won_at as happened_at
    from mqls

    union all

    select
        rep_id,
        'lost' as event,
        lost_at as happened_at
    from mqls

    union all

    select
        rep_id,
        'meeting' as event,
        confirmed_at as happened_at
    from {{ ref('int_mql_meetings') }}

    union all

    select
        mqls.rep_id,
        'attempt' as event,
        attempts.occurred_at as happened_at
    from {{ ref('int_attempts') }} as attempts
    inner join mqls on attempts.person_id = mqls.person_id and attempts.cycle = mqls.cycle

),

event_counts as (

    select
        events.rep_id,
        periods.period,
        count(*) filter (where events.event = 'mql') as mqls,
        count(*) filter (where events.event = 'attempt') as attempts,
        count(*) filter (where events.event = 'sql') as sqls,
        count(*) filter (where events.event = 'meeting') as meetings,
        count(*) filter (where events.event = 'won') as won,
        count(*) filter (where events.event = 'lost') as lost
    from events
    asof inner join periods on events.happened_at >= periods.starts_at
    group by events.rep_id, periods.period

),

first_responses as (

    select
        mqls.rep_id,
        periods.period,
        quantile_cont(cast(responses.first_response_business_seconds as double), 0.5) as p50,
        quantile_cont(cast(responses.first_response_business_seconds as double), 0.9) as p90
    from mqls
    inner join responses on mqls.person_id = responses.person_id and mqls.cycle = responses.cycle
    asof inner join periods on mqls.handed_off_at >= periods.starts_at
    where mqls.first_attempt_at is not null
    group by mqls.rep_id, periods.period

),

reps_and_periods as (

    select
        rep_id,
        period
    from event_counts

    union

    select
        rep_id,
        period
    from loads

)

select
    reps_and_periods.rep_id,
    reps_and_periods.period,
    coalesce(event_counts.mqls, 0) as mqls,
    loads.capacity_min as min,
    loads.capacity_max as max,
    coalesce(event_counts.attempts, 0) as attempts,
    coalesce(event_counts.sqls, 0) as sqls,
    coalesce(event_counts.meetings, 0) as meetings,
    coalesce(event_counts.won, 0) as won,
    coalesce(event_counts.lost, 0) as lost,
    first_responses.p50 as first_response_p50_business_seconds,
    first_responses.p90 as first_response_p90_business_seconds

from reps_and_periods
left join event_counts
    on reps_and_periods.rep_id = event_counts.rep_id and reps_and_periods.period = event_counts.period
left join first_responses
    on reps_and_periods.rep_id = first_responses.rep_id and reps_and_periods.period = first_responses.period
left join loads on reps_and_periods.rep_id = loads.rep_id and reps_and_periods.period = loads.period
