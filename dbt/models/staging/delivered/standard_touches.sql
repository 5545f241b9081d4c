select
    touch_id,
    contact_id,
    occurred_at,
    touch_type,
    content_type,
    campaign_id,
    cast(null as varchar) as lead_id,
    {{ provenance() }}

from {{ source('extracts', 'standard_touches') }}

union all

select
    touch_id,
    contact_id,
    occurred_at,
    touch_type,
    content_type,
    campaign_id,
    lead_id,
    {{ provenance() }}

from {{ ref('hubspot_touches') }}

union all

select
    touch_id,
    contact_id,
    occurred_at,
    touch_type,
    content_type,
    campaign_id,
    lead_id,
    {{ provenance() }}

from {{ ref('salesforce_touches') }}
