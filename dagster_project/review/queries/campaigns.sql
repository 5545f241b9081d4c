-- What each campaign is credited for in the review's months, the MQL's credit shared equally among its campaigns.
with

credited as (

    select
        campaign_performance.campaign_id,
        campaign_performance.model,
        sum(campaign_performance.mqls) as mqls,
        sum(campaign_performance.sqls) as sqls,
        sum(campaign_performance.customers) as customers,
        sum(campaign_performance.amount_won) as amount_won,
        cast(sum(campaign_performance.spend) as double) as spend
    from campaign_performance
    cross join review
    where campaign_performance.period in (review.first_period, review.second_period)
    group by campaign_performance.campaign_id, campaign_performance.model

),

models as (

    select
        campaign_id,
        max(mqls) filter (where model = 'linear') as mqls,
        max(mqls) filter (where model = 'first_touch') as mqls_first_touch,
        max(mqls) filter (where model = 'last_touch') as mqls_last_touch,
        max(sqls) filter (where model = 'linear') as sqls,
        max(customers) filter (where model = 'linear') as customers,
        max(amount_won) filter (where model = 'linear') as amount_won,
        max(spend) filter (where model = 'linear') as spend
    from credited
    group by campaign_id

)

select
    models.campaign_id,
    case when models.campaign_id <> '(none)' then coalesce(dim_campaigns.campaign_name, models.campaign_id) end
        as campaign_name,
    dim_campaigns.channel,
    models.mqls,
    models.mqls_first_touch,
    models.mqls_last_touch,
    models.sqls,
    case when models.mqls > 0 then models.sqls / models.mqls end as sql_share,
    models.customers,
    models.amount_won,
    models.spend,
    case when models.mqls > 0 then models.spend / models.mqls end as cost_per_mql,
    models.mqls < 10 as is_small_sample

from models
left join dim_campaigns on models.campaign_id = dim_campaigns.campaign_id
where models.mqls > 0 or models.spend > 0
order by models.mqls desc, models.spend desc, models.campaign_id
