select
    campaigns.campaign_id,
    campaigns.campaign_name,
    campaigns.campaign_type as channel,
    campaigns.started_date as started_on,
    campaigns.ended_date as ended_on,
    {{ provenance('campaigns') }}

from {{ ref('stg_salesforce__campaigns') }} as campaigns
