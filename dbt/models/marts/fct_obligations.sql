with

obligations as (

    select * from {{ ref('int_obligations') }}

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
    started.local_date as started_date,
    {{ utc('obligations.started_at') }} as started_at,
    {{ utc('obligations.due_at') }} as due_at,
    {{ utc('obligations.done_at') }} as done_at

from obligations
{{ asof_local_days('started', 'obligations.started_at') }}
