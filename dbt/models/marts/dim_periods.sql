select
    period,
    contract_version,
    {{ seconds('business_microseconds') }} as business_seconds,
    {{ seconds('elapsed_business_microseconds') }} as elapsed_business_seconds,
    is_over,
    {{ utc('starts_at') }} as starts_at,
    {{ utc('ends_at') }} as ends_at,
    {{ utc(complete_through()) }} as complete_through

from {{ ref('int_periods') }}
