with

delivered as (

    select * from {{ ref('standard_campaign_spend') }}
    where updated_at is null or updated_at < {{ complete_through() }}

),

sources as (

    select * from {{ source('raw', 'sources') }}

),

exchange_rates as (

    select * from {{ source('raw', 'exchange_rates') }}

),

current_spend as (

    select * from delivered
    {{ keep_current_record(['campaign_id', 'spend_date'], updated_at='updated_at') }}

)

select
    current_spend.campaign_id,
    current_spend.spend_date,
    {{ in_contract_currency('current_spend.amount', 'exchange_rates.rate') }} as amount

from current_spend
left join sources on current_spend._source = sources.source
left join exchange_rates
    on
        current_spend._source = exchange_rates.source
        and upper(coalesce(current_spend.currency, sources.currency)) = exchange_rates.currency
