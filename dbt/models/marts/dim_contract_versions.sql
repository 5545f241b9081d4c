select
    version as contract_version,
    contract,
    timezone,
    currency,
    language,
    basis,
    threshold,
    {{ seconds('handoff_within_microseconds') }} as handoff_within_business_seconds,
    {{ seconds('first_attempt_within_microseconds') }} as first_attempt_within_business_seconds,
    {{ seconds('disposition_within_microseconds') }} as disposition_within_business_seconds,
    no_contact_after_attempts,
    no_contact_within_business_days,
    cast(sql_within_microseconds / 86400000000 as integer) as sql_within_days,
    cast(opportunity_within_microseconds / 86400000000 as integer) as opportunity_within_days,
    cast(customer_within_microseconds / 86400000000 as integer) as customer_within_days,
    capacity_min,
    capacity_max,
    effective_from as effective_date

from {{ source('raw', 'contract_versions') }}
