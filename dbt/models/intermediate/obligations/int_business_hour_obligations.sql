-- Promises in business hours. The deadline is the latest instant with no more than the promised business time behind
-- it, so a promise used up exactly at closing time lasts until the next opening.
with

mqls as (

    select * from {{ ref('int_mqls') }}

),

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}

),

business_intervals as (

    select * from {{ source('raw', 'business_intervals') }}

),

promises as (

    select
        'handoff' as obligation,
        mqls.person_id,
        mqls.cycle,
        cast(null as varchar) as rep_id,
        'marketing' as owner,
        contract_versions.version,
        contract_versions.handoff_within_microseconds as promised_microseconds,
        least(mqls.ready_at, mqls.handed_off_at) as started_at,
        mqls.handed_off_at as done_at
    from mqls
    inner join contract_versions on {{ in_force('contract_versions', 'least(mqls.ready_at, mqls.handed_off_at)') }}

    union all

    select
        'first_attempt' as obligation,
        mqls.person_id,
        mqls.cycle,
        mqls.rep_id,
        'sales' as owner,
        contract_versions.version,
        contract_versions.first_attempt_within_microseconds as promised_microseconds,
        mqls.handed_off_at as started_at,
        least(mqls.first_attempt_at, mqls.stopped_at) as done_at
    from mqls
    inner join contract_versions on mqls.handoff_version = contract_versions.version

    union all

    select
        'disposition' as obligation,
        mqls.person_id,
        mqls.cycle,
        mqls.rep_id,
        'sales' as owner,
        contract_versions.version,
        contract_versions.disposition_within_microseconds as promised_microseconds,
        mqls.handed_off_at as started_at,
        least(mqls.disposition_at, mqls.recycled_at) as done_at
    from mqls
    inner join contract_versions on mqls.handoff_version = contract_versions.version

),

started as (

    select
        promises.*,
        {{ business_time_at('promises.started_at', 'business_intervals') }} as business_microseconds_at_start
    from promises
    asof left join business_intervals
        on promises.version = business_intervals.version and promises.started_at >= business_intervals.opens_at
    where promises.promised_microseconds is not null

),

used_up as (

    select
        *,
        business_microseconds_at_start + promised_microseconds as business_microseconds_at_end
    from started

)

select
    used_up.obligation,
    used_up.person_id,
    used_up.cycle,
    used_up.rep_id,
    used_up.owner,
    used_up.version,
    false as due_before,
    used_up.started_at,
    {{ add_microseconds(
        'business_intervals.opens_at',
        'used_up.business_microseconds_at_end - business_intervals.business_microseconds_before'
    ) }} as due_at,
    used_up.done_at

from used_up
asof left join business_intervals
    on
        used_up.version = business_intervals.version
        and used_up.business_microseconds_at_end >= business_intervals.business_microseconds_before
