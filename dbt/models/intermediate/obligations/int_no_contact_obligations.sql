-- What is owed when nobody answers: after the agreed number of attempts the lead goes back to marketing. One given
-- back after fewer attempts, with nothing having stopped the clock, is a breach at once.
with

mqls as (

    select * from {{ ref('int_mqls') }}
    where handed_off_at is not null

),

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}

),

attempts as (

    select * from {{ ref('int_attempts') }}

),

local_days as (

    select * from {{ source('raw', 'local_days') }}

),

owed as (

    select
        mqls.*,
        contract_versions.no_contact_after_attempts as attempts_owed
    from mqls
    inner join contract_versions on mqls.handoff_version = contract_versions.version
    where contract_versions.no_contact_after_attempts is not null

),

attempts_before_recycling as (

    select
        owed.person_id,
        owed.cycle,
        count(attempts.activity_id) as attempts
    from owed
    left join attempts
        on
            owed.person_id = attempts.person_id
            and owed.cycle = attempts.cycle
            and attempts.occurred_at <= owed.recycled_at
    group by owed.person_id, owed.cycle

),

starts as (

    select
        owed.person_id,
        owed.cycle,
        owed.rep_id,
        owed.recycled_at,
        owed.stopped_at,
        coalesce(
            before_recycling.attempts < owed.attempts_owed
            and owed.recycled_at is not null
            and (owed.stopped_at is null or owed.stopped_at > owed.recycled_at),
            false
        ) as is_given_back_early,
        last_attempt.occurred_at as last_attempt_at
    from owed
    inner join attempts_before_recycling as before_recycling
        on owed.person_id = before_recycling.person_id and owed.cycle = before_recycling.cycle
    left join attempts as last_attempt
        on
            owed.person_id = last_attempt.person_id
            and owed.cycle = last_attempt.cycle
            and owed.attempts_owed = last_attempt.attempt_number

),

started as (

    select
        *,
        case when is_given_back_early then recycled_at else last_attempt_at end as started_at
    from starts
    where
        is_given_back_early
        or (last_attempt_at is not null and (stopped_at is null or stopped_at > last_attempt_at))

),

promised as (

    select
        started.*,
        contract_versions.version,
        local_days.business_days_through + contract_versions.no_contact_within_business_days as due_business_day
    from started
    inner join contract_versions on {{ in_force('contract_versions', 'started.started_at') }}
    asof left join local_days
        on contract_versions.version = local_days.version and started.started_at >= local_days.starts_at
    where contract_versions.no_contact_within_business_days is not null

)

select
    'no_contact' as obligation,
    promised.person_id,
    promised.cycle,
    promised.rep_id,
    'sales' as owner,
    promised.version,
    true as due_before,
    promised.started_at,
    case when promised.is_given_back_early then promised.recycled_at else local_days.ends_at end as due_at,
    least(promised.recycled_at, promised.stopped_at) as done_at

from promised
left join local_days
    on
        promised.version = local_days.version
        and promised.due_business_day = local_days.business_days_through
        and local_days.is_business_day
