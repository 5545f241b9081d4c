-- One row per campaign, month and model of credit: what the campaign is credited for, and what it cost.
select
    performance.period as month,
    coalesce(campaigns.campaign_name, performance.campaign_id) as campaign,
    campaigns.channel,
    performance.model as credit_model,
    performance.mqls as qualified_leads,
    performance.sqls,
    performance.customers,
    performance.amount_won,
    performance.spend,
    performance.cost_per_mql as cost_per_qualified_lead,
    performance.is_small_sample

from marts.campaign_performance as performance
left join marts.dim_campaigns as campaigns on performance.campaign_id = campaigns.campaign_id
