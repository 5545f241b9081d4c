select
    campaign_id,
    campaign_name,
    channel,
    started_on,
    ended_on,
    {{ provenance() }}

from {{ source('extracts', 'standard_campaigns') }}

union all

select
    campaign_id,
    campaign_name,
    channel,
    started_on,
    ended_on,
    {{ provenance() }}

from {{ ref('hubspot_campaigns') }}

union all

select
    campaign_id,
    campaign_name,
    channel,
    started_on,
    ended_on,
    {{ provenance() }}

from {{ ref('salesforce_campaigns') }}
