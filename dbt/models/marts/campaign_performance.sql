with

periods as (

    select * from {{ ref('int_periods') }}

),

mqls as (

    select * from {{ ref('int_mqls') }}

),

credits as (

    select
        credits.model,
        credits.campaign_id,
        periods.period,
        credits.credit,
        case when mqls.sql_at is null then 0 else credits.credit end as sql_credit,
        case when mqls.won_at is null then 0 else credits.credit end as customer_credit,
        credits.credit * mqls.amount_won as amount_won
    from {{ ref('fct_campaign_credit') }} as credits
    inner join mqls on credits.person_id = mqls.person_id and credits.cycle = mqls.cycle
    asof inner join periods on mqls.qualified_at >= periods.starts_at

),

credited as (

    select
        campaign_id,
        period,
        model,
        -- doubles are added in one order, so that the same history always gives the same figures
        sum(credit order by credit) as mqls,
        sum(sql_credit order by sql_credit) as sqls,
        sum(customer_credit order by customer_credit) as customers,
        sum(amount_won order by amount_won) as amount_won
    from credits
    group by campaign_id, period, model

),

spent as (

    select
        spend.campaign_id,
        periods.period,
        sum(spend.amount) as spend
    from {{ ref('int_campaign_spend') }} as spend
    asof inner join periods on spend.spent_at >= periods.starts_at
    group by spend.campaign_id, periods.period

),

-- a campaign that only cost money, or only brought leads, is a row all the same
campaigns_and_periods as (

    select
        campaign_id,
        period
    from credited

    union

    select
        campaign_id,
        period
    from spent

),

models as (

    select named.model
    from (values ('first_touch'), ('last_touch'), ('linear'), ('position_based')) as named (model)

)

select
    campaigns_and_periods.campaign_id,
    campaigns_and_periods.period,
    models.model,
    coalesce(credited.mqls, 0) as mqls,
    coalesce(credited.sqls, 0) as sqls,
    coalesce(credited.customers, 0) as customers,
    coalesce(credited.amount_won, 0) as amount_won,
    cast(coalesce(spent.spend, 0) as decimal(38, 16)) as spend,
    case when credited.mqls > 0 then cast(coalesce(spent.spend, 0) as double) / credited.mqls end as cost_per_mql,
    coalesce(credited.mqls, 0) < 10 as is_small_sample

from campaigns_and_periods
cross join models
left join credited
    on
        campaigns_and_periods.campaign_id = credited.campaign_id
        and campaigns_and_periods.period = credited.period
        and models.model = credited.model
left join spent
    on campaigns_and_periods.campaign_id = spent.campaign_id and campaigns_and_periods.period = spent.period
