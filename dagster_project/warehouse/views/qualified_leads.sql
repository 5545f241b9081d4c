-- One row per qualified lead (MQL): who it is without a name, where it came from, and how far it got.
select
    mqls.person_id,
    mqls.cycle,
    mqls.stage as furthest_stage,
    mqls.rep_id as rep,
    people.industry,
    people.country,
    people.company_size,
    campaigns.campaign_name as first_campaign,
    campaigns.channel as first_channel,
    mqls.rejection_reason,
    mqls.contract_version,
    mqls.score,
    mqls.attempts,
    mqls.opportunities,
    mqls.amount_won,
    cast(mqls.first_response_business_seconds as double) / 3600 as first_response_business_hours,
    mqls.qualified_date,
    mqls.handed_off_date,
    mqls.sql_date,
    mqls.opportunity_date,
    mqls.won_date

from marts.fct_mqls as mqls
inner join marts.dim_people as people on mqls.person_id = people.person_id
left join marts.dim_campaigns as campaigns on mqls.first_campaign_id = campaigns.campaign_id
