-- Each step of the follow-up promised at hand-off: its n-th matching attempt, or whatever stopped the clock earlier,
-- due at the end of its n-th business day after the day of the hand-off.
with

mqls as (

    select * from {{ ref('int_mqls') }}
    where handed_off_at is not null

),

steps as (

    select * from {{ source('raw', 'contract_cadence') }}

),

step_activities as (

    select
        version,
        step,
        {{ comparable('activity') }} as activity_type
    from {{ source('raw', 'contract_cadence_activities') }}

),

local_days as (

    select * from {{ source('raw', 'local_days') }}

),

matching_attempts as (

    select
        mqls.person_id,
        mqls.cycle,
        steps.step,
        steps.at_least,
        attempts.occurred_at,
        row_number() over (
            partition by mqls.person_id, mqls.cycle, steps.step order by attempts.occurred_at
        ) as attempt_number
    from mqls
    inner join steps on mqls.handoff_version = steps.version
    inner join {{ ref('int_attempts') }} as attempts
        on mqls.person_id = attempts.person_id and mqls.cycle = attempts.cycle
    where
        steps.any_activity
        or exists (
            select 1 from step_activities
            where
                step_activities.version = steps.version
                and step_activities.step = steps.step
                and step_activities.activity_type = attempts.activity_type
        )

),

reached as (

    select * from matching_attempts
    where attempt_number = at_least

),

started as (

    select
        mqls.person_id,
        mqls.cycle,
        mqls.rep_id,
        mqls.handoff_version as version,
        steps.step,
        mqls.handed_off_at as started_at,
        least(reached.occurred_at, mqls.stopped_at) as done_at,
        local_days.business_days_through + steps.within_business_days as due_business_day
    from mqls
    inner join steps on mqls.handoff_version = steps.version
    asof left join local_days
        on mqls.handoff_version = local_days.version and mqls.handed_off_at >= local_days.starts_at
    left join reached
        on mqls.person_id = reached.person_id and mqls.cycle = reached.cycle and steps.step = reached.step

),

due as (

    select
        started.*,
        local_days.ends_at as due_at,
        true as due_before
    from started
    left join local_days
        on
            started.version = local_days.version
            and started.due_business_day = local_days.business_days_through
            and local_days.is_business_day

)

select
    *,
    {{ is_on_time('done_at', 'due_at', 'due_before') }} as is_on_time,
    {{ has_passed('due_at', 'due_before') }} as has_passed

from due
