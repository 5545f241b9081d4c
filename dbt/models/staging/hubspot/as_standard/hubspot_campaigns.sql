select
    campaigns.campaign_id,
    campaigns.campaign_name,
    cast(null as varchar) as channel,
    campaigns.started_date as started_on,
    campaigns.ended_date as ended_on,
    {{ provenance('campaigns') }}

from {{ ref('stg_hubspot__campaigns') }} as campaigns
