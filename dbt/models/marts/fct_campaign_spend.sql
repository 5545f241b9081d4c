with

spend as (

    select * from {{ ref('int_campaign_spend') }}

),

first_version as (

    select currency from {{ source('raw', 'contract_versions') }}
    where is_first

),

periods as (

    select * from {{ ref('int_periods') }}

)

select
    spend.campaign_id,
    periods.period,
    periods.contract_version,
    first_version.currency,
    cast(spend.amount as decimal(38, 16)) as amount,
    spend.spend_date

from spend
cross join first_version
asof inner join periods on spend.spent_at >= periods.starts_at
