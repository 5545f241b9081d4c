with

delivered as (

    select * from {{ source('extracts', 'hubspot_campaigns') }}

)

select
    id as campaign_id,
    hs_name as campaign_name,
    hs_utm as utm_campaign,
    hs_currency_code as currency,
    hs_spend_items_sum_amount as spent_in_total,
    {{ is_gone('hubspot') }} as is_deleted,
    hs_start_date as started_date,
    hs_end_date as ended_date,
    hs_lastmodifieddate as updated_at,
    {{ provenance() }}

from delivered
