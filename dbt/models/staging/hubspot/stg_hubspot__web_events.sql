with

delivered as (

    select * from {{ source('extracts', 'hubspot_web_events') }}

)

select
    id as event_id,
    contact_id,
    lower(event_type) as event_type,
    hs_page_id as page_id,
    hs_url as page_url,
    campaign_id,
    occurred_at,
    {{ provenance() }}

from delivered
