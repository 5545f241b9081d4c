-- How many MQLs each rep took in each period, between the minimum and the maximum agreed: in a period in which a rep
-- was active for a part only, that part of them.
with

periods as (

    select
        periods.*,
        contract_versions.capacity_min,
        contract_versions.capacity_max
    from {{ ref('int_periods') }} as periods
    inner join {{ source('raw', 'contract_versions') }} as contract_versions
        on periods.contract_version = contract_versions.version
    where contract_versions.capacity_max is not null

),

overrides as (

    select * from {{ ref('stg_capacity_overrides') }}

),

local_days as (

    select * from {{ source('raw', 'local_days') }}

),

first_version as (

    select version from {{ source('raw', 'contract_versions') }}
    where is_first

),

users as (

    select
        users.*,
        last_day.local_date as updated_date
    from {{ ref('stg_users') }} as users
    cross join first_version
    asof left join local_days as last_day
        on first_version.version = last_day.version and users.updated_at >= last_day.starts_at
    where users.is_rep

),

-- an end date speaks louder than the flag; who is inactive without one was active until the record said so
reps as (

    select
        user_id as rep_id,
        started_date,
        case when ended_date is null and not is_active then updated_date else ended_date end as last_active_date,
        ended_date is null and not is_active and updated_date is null as was_never_active
    from users

),

business_days as (

    select
        periods.period,
        local_days.local_date
    from periods
    inner join local_days
        on
            periods.contract_version = local_days.version
            and local_days.starts_at >= periods.starts_at
            and local_days.starts_at < periods.ends_at
            and local_days.is_business_day

),

business_day_counts as (

    select
        period,
        count(*) as business_days
    from business_days
    group by period

),

active_day_counts as (

    select
        business_days.period,
        reps.rep_id,
        count(*) as active_days
    from business_days
    inner join reps
        on
            not reps.was_never_active
            and (reps.started_date is null or business_days.local_date >= reps.started_date)
            and (reps.last_active_date is null or business_days.local_date <= reps.last_active_date)
    group by business_days.period, reps.rep_id

),

mql_counts as (

    select
        periods.period,
        handoffs.rep_id,
        count(*) as mqls
    from {{ ref('int_handoffs') }} as handoffs
    inner join periods on handoffs.handed_off_at >= periods.starts_at and handoffs.handed_off_at < periods.ends_at
    group by periods.period, handoffs.rep_id

),

loads as (

    select
        periods.period,
        reps.rep_id,
        periods.contract_version,
        periods.starts_at,
        periods.ends_at,
        periods.is_over,
        coalesce(mql_counts.mqls, 0) as mqls,
        coalesce(active_day_counts.active_days, 0) as active_days,
        coalesce(business_day_counts.business_days, 0) as business_days,
        coalesce(overrides.capacity_min, periods.capacity_min) as agreed_min,
        coalesce(overrides.capacity_max, periods.capacity_max) as agreed_max
    from periods
    cross join reps
    left join mql_counts on periods.period = mql_counts.period and reps.rep_id = mql_counts.rep_id
    left join active_day_counts on periods.period = active_day_counts.period and reps.rep_id = active_day_counts.rep_id
    left join business_day_counts on periods.period = business_day_counts.period
    left join overrides on periods.contract_version = overrides.version and reps.rep_id = overrides.rep_id
    where active_day_counts.active_days > 0 or mql_counts.mqls > 0

),

limits as (

    select
        *,
        case when active_days > 0 then agreed_min * active_days // business_days else 0 end as capacity_min,
        case
            when active_days > 0 then (agreed_max * active_days + business_days - 1) // business_days else 0
        end as capacity_max
    from loads

)

select
    period,
    rep_id,
    contract_version,
    mqls,
    capacity_min,
    capacity_max,
    is_over,
    is_over and mqls between capacity_min and capacity_max as is_on_time,
    mqls > capacity_max or (is_over and mqls < capacity_min) as is_missed,
    starts_at as started_at,
    ends_at as due_at,
    case when is_over then ends_at end as done_at

from limits
