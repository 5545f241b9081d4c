-- Every obligation with whether it was done on time and whether its deadline has passed.
with

single_deadlines as (

    select * from {{ ref('int_business_hour_obligations') }}

    union all

    select * from {{ ref('int_no_contact_obligations') }}

    union all

    select * from {{ ref('int_conversion_obligations') }}

),

cadence_steps as (

    select * from {{ ref('int_cadence_steps') }}

),

cadences as (

    select
        person_id,
        cycle,
        rep_id,
        version,
        started_at,
        max(due_at) as due_at,
        case when count(*) = count(done_at) then max(done_at) end as done_at,
        bool_and(is_on_time) as is_on_time,
        bool_or(has_passed and not is_on_time) as is_missed
    from cadence_steps
    group by person_id, cycle, rep_id, version, started_at

),

all_obligations as (

    select
        obligation,
        person_id,
        cycle,
        rep_id,
        owner,
        version as contract_version,
        started_at,
        due_at,
        done_at,
        {{ is_on_time('done_at', 'due_at', 'due_before') }} as is_on_time,
        {{ has_passed('due_at', 'due_before') }} as has_passed,
        {{ has_passed('due_at', 'due_before') }} as is_missed
    from single_deadlines

    union all

    select
        'cadence' as obligation,
        person_id,
        cycle,
        rep_id,
        'sales' as owner,
        version as contract_version,
        started_at,
        due_at,
        done_at,
        is_on_time,
        {{ has_passed('due_at', 'true') }} as has_passed,
        is_missed
    from cadences

    union all

    select
        'rep_load' as obligation,
        cast(null as varchar) as person_id,
        cast(null as bigint) as cycle,
        rep_id,
        'sales' as owner,
        contract_version,
        started_at,
        due_at,
        done_at,
        is_on_time,
        is_over as has_passed,
        is_missed
    from {{ ref('int_rep_load') }}

),

periods as (

    select
        period,
        starts_at
    from {{ source('raw', 'periods') }}

)

select
    all_obligations.obligation,
    all_obligations.person_id,
    all_obligations.cycle,
    all_obligations.rep_id,
    periods.period,
    all_obligations.owner,
    all_obligations.contract_version,
    all_obligations.has_passed,
    case
        when all_obligations.is_on_time then 'met'
        when all_obligations.is_missed then 'breached'
        else 'pending'
    end as outcome,
    all_obligations.started_at,
    all_obligations.due_at,
    all_obligations.done_at

from all_obligations
asof inner join periods on all_obligations.started_at >= periods.starts_at
