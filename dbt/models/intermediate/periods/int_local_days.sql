-- The days of the contract's time zone, each from its own midnight to the next.
with

first_version as (

    select version from {{ source('raw', 'contract_versions') }}
    where is_first

)

select
    local_days.local_date,
    local_days.starts_at,
    local_days.ends_at

from {{ source('raw', 'local_days') }} as local_days
inner join first_version on local_days.version = first_version.version
