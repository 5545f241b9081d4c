-- What was spent on a day counts when the day has ended.
with

first_version as (

    select version from {{ source('raw', 'contract_versions') }}
    where is_first

)

select
    spend.campaign_id,
    spend.spend_date,
    spend.amount,
    local_days.starts_at as spent_at

from {{ ref('stg_campaign_spend') }} as spend
cross join first_version
inner join {{ source('raw', 'local_days') }} as local_days
    on first_version.version = local_days.version and spend.spend_date = local_days.local_date
where local_days.ends_at <= {{ complete_through() }}
