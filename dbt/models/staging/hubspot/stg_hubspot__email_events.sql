with

delivered as (

    select * from {{ source('extracts', 'hubspot_email_events') }}

)

select
    id as event_id,
    contact_id,
    lower(recipient) as recipient_email,
    lower(type) as event_type,
    email_campaign_id,
    url as page_url,
    campaign_id,
    coalesce(filtered_event, false) as is_filtered,
    created as occurred_at,
    {{ provenance() }}

from delivered
