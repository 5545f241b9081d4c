with

obligations as (

    select * from {{ ref('int_obligations') }}

),

business_intervals as (

    select * from {{ source('raw', 'business_intervals') }}

),

local_days as (

    select * from {{ source('raw', 'local_days') }}

),

-- the last local day that has begun before the instant everything is stated as of, by each version's calendar
today as (

    select
        version,
        max(business_days_through) as business_days_through
    from local_days
    where starts_at < {{ complete_through() }}
    group by version

),

next_two_business_days as (

    select
        local_days.version,
        max(local_days.ends_at) as ends_at
    from local_days
    inner join today
        on
            local_days.version = today.version
            and local_days.business_days_through <= today.business_days_through + 2
            and local_days.is_business_day
    group by local_days.version

),

shown as (

    select
        obligations.*,
        least(
            obligations.due_at,
            case
                when obligations.outcome = 'breached'
                    then greatest(coalesce(obligations.done_at, {{ complete_through() }}), obligations.due_at)
                else {{ complete_through() }}
            end
        ) as clock_starts_at,
        greatest(
            obligations.due_at,
            case
                when obligations.outcome = 'breached' then coalesce(obligations.done_at, {{ complete_through() }})
                else {{ complete_through() }}
            end
        ) as clock_ends_at
    from obligations
    inner join next_two_business_days on obligations.contract_version = next_two_business_days.version
    where
        obligations.outcome = 'breached'
        or (obligations.outcome = 'pending' and obligations.due_at <= next_two_business_days.ends_at)

),

started as (

    select
        shown.*,
        {{ business_time_at('shown.clock_starts_at', 'business_intervals') }} as business_microseconds_at_start
    from shown
    asof left join business_intervals
        on shown.contract_version = business_intervals.version and shown.clock_starts_at >= business_intervals.opens_at

),

timed as (

    select
        started.*,
        {{ seconds(
            business_time_at('started.clock_ends_at', 'business_intervals') ~ ' - started.business_microseconds_at_start'
        ) }} as business_seconds
    from started
    asof left join business_intervals
        on
            started.contract_version = business_intervals.version
            and started.clock_ends_at >= business_intervals.opens_at

)

select
    obligation,
    person_id,
    cast(cycle as integer) as cycle,
    rep_id,
    period,
    owner,
    outcome,
    contract_version,
    case when outcome = 'breached' then business_seconds end as overdue_business_seconds,
    case when outcome = 'pending' then business_seconds end as remaining_business_seconds,
    {{ utc('started_at') }} as started_at,
    {{ utc('due_at') }} as due_at

from timed
