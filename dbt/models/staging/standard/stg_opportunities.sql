with

delivered as (

    select * from {{ ref('standard_opportunities') }}
    where updated_at < {{ complete_through() }}

),

sources as (

    select * from {{ source('raw', 'sources') }}

),

exchange_rates as (

    select * from {{ source('raw', 'exchange_rates') }}

),

current_opportunities as (

    select * from delivered
    {{ keep_current_record(['opportunity_id'], updated_at='updated_at') }}

),

-- what closes at or after the instant everything is stated as of is still open
closed_by_now as (

    select
        *,
        is_closed and closed_at < {{ complete_through() }} as is_closed_by_now
    from current_opportunities
    where created_at < {{ complete_through() }}

)

select
    closed_by_now.opportunity_id,
    closed_by_now.lead_id,
    closed_by_now.contact_id,
    closed_by_now.owner_id,
    closed_by_now.stage,
    upper(coalesce(closed_by_now.currency, sources.currency)) as original_currency,
    closed_by_now.amount as original_amount,
    {{ in_contract_currency('closed_by_now.amount', 'exchange_rates.rate') }} as amount,
    coalesce(closed_by_now.is_deleted, false) as is_deleted,
    closed_by_now.is_closed_by_now as is_closed,
    closed_by_now.is_closed_by_now and closed_by_now.is_won as is_won,
    closed_by_now.created_at,
    case when closed_by_now.is_closed_by_now then closed_by_now.closed_at end as closed_at

from closed_by_now
left join sources on closed_by_now._source = sources.source
left join exchange_rates
    on
        closed_by_now._source = exchange_rates.source
        and upper(coalesce(closed_by_now.currency, sources.currency)) = exchange_rates.currency
