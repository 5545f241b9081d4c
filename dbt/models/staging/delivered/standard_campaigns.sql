select
    campaign_id,
    campaign_name,
    channel,
    started_on,
    ended_on,
    {{ provenance() }}

from {{ source('extracts', 'standard_campaigns') }} as delivered

union all

select
    campaign_id,
    campaign_name,
    channel,
    started_on,
    ended_on,
    {{ provenance() }}

from {{ ref('hubspot_campaigns') }} as hubspot

union all

select
    campaign_id,
    campaign_name,
    channel,
    started_on,
    ended_on,
    {{ provenance() }}

from {{ ref('salesforce_campaigns') }} as salesforce
