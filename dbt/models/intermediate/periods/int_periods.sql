-- The calendar months from the first signed version's on that have begun, each under the version in force at its start.
with

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}

),

business_intervals as (

    select * from {{ source('raw', 'business_intervals') }}

),

periods as (

    select
        periods.period,
        contract_versions.version as contract_version,
        periods.starts_at,
        periods.ends_at,
        least(periods.ends_at, {{ complete_through() }}) as elapsed_until,
        periods.ends_at <= {{ complete_through() }} as is_over
    from {{ source('raw', 'periods') }} as periods
    inner join contract_versions on {{ in_force('contract_versions', 'periods.starts_at') }}
    where periods.starts_at < {{ complete_through() }}

),

at_start as (

    select
        periods.*,
        {{ business_time_at('periods.starts_at', 'business_intervals') }} as business_microseconds_at_start
    from periods
    asof left join business_intervals
        on periods.contract_version = business_intervals.version and periods.starts_at >= business_intervals.opens_at

),

at_end as (

    select
        at_start.*,
        {{ business_time_at('at_start.ends_at', 'business_intervals') }} as business_microseconds_at_end
    from at_start
    asof left join business_intervals
        on at_start.contract_version = business_intervals.version and at_start.ends_at >= business_intervals.opens_at

),

now as (

    select
        at_end.*,
        {{ business_time_at('at_end.elapsed_until', 'business_intervals') }} as business_microseconds_now
    from at_end
    asof left join business_intervals
        on at_end.contract_version = business_intervals.version and at_end.elapsed_until >= business_intervals.opens_at

)

select
    period,
    contract_version,
    business_microseconds_at_end - business_microseconds_at_start as business_microseconds,
    business_microseconds_now - business_microseconds_at_start as elapsed_business_microseconds,
    is_over,
    starts_at,
    ends_at

from now
