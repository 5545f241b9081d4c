with

obligations as (

    select * from {{ ref('int_obligations') }}

),

mqls as (

    select * from {{ ref('fct_mqls') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

local_days as (

    select * from {{ ref('int_local_days') }}

)

select
    obligations.obligation,
    obligations.person_id,
    cast(obligations.cycle as integer) as cycle,
    obligations.rep_id,
    obligations.period,
    obligations.owner,
    obligations.outcome,
    obligations.contract_version,
    mqls.first_campaign_id,
    obligations.has_passed as is_due,
    periods.is_over as is_period_over,
    started.local_date as started_date,
    {{ utc('obligations.started_at') }} as started_at,
    {{ utc('obligations.due_at') }} as due_at,
    {{ utc('obligations.done_at') }} as done_at

from obligations
left join periods on obligations.period = periods.period
left join mqls on obligations.person_id = mqls.person_id and obligations.cycle = mqls.cycle
{{ asof_local_days('started', 'obligations.started_at') }}
