with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

-- a campaign that was named before its own record arrived is a campaign all the same
named as (

    select campaign_id from campaigns

    union

    select campaign_id from {{ ref('stg_touches') }}
    where campaign_id is not null

    union

    select campaign_id from {{ ref('stg_campaign_spend') }}

    union

    select '(none)' as campaign_id

)

select
    named.campaign_id,
    {{ without_contact_details('campaigns.campaign_name') }} as campaign_name,
    {{ without_contact_details('campaigns.channel') }} as channel,
    campaigns.started_date,
    campaigns.ended_date

from named
left join campaigns on named.campaign_id = campaigns.campaign_id
