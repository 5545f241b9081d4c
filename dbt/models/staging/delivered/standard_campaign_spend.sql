select
    campaign_id,
    spend_date,
    amount,
    currency,
    updated_at,
    {{ provenance() }}

from {{ source('extracts', 'standard_campaign_spend') }}

union all

select
    campaign_id,
    spend_date,
    amount,
    currency,
    updated_at,
    {{ provenance() }}

from {{ ref('hubspot_campaign_spend') }}

union all

select
    campaign_id,
    spend_date,
    amount,
    currency,
    updated_at,
    {{ provenance() }}

from {{ ref('salesforce_campaign_spend') }}
