with

periods as (

    select * from {{ ref('int_periods') }}

),

local_days as (

    select * from {{ source('raw', 'local_days') }}

)

select
    local_days.local_date,
    periods.period,
    periods.contract_version,
    cast(
        local_days.business_days_through - min(
            local_days.business_days_through - cast(local_days.is_business_day as integer)
        ) over (partition by periods.period) as integer
    ) as business_day,
    local_days.is_business_day,
    local_days.starts_at < {{ complete_through() }} as has_begun

from periods
inner join local_days
    on
        periods.contract_version = local_days.version
        and periods.starts_at <= local_days.starts_at
        and periods.ends_at > local_days.starts_at
