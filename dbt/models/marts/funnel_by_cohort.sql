with

mqls as (

    select * from {{ ref('int_mqls') }}
    where handed_off_at is not null

),

periods as (

    select * from {{ ref('int_periods') }}

),

obligation_counts as (

    select
        period,
        obligation,
        (met + breached) / (met + breached + pending) as decided_share
    from {{ ref('int_obligation_counts') }}

),

cohorts as (

    select
        periods.period,
        count(*) as mqls,
        count(mqls.sql_at) as sqls,
        count(mqls.opportunity_at) as opportunities,
        count(mqls.won_at) as customers
    from mqls
    asof inner join periods on mqls.handed_off_at >= periods.starts_at
    group by periods.period

)

select
    periods.period,
    coalesce(cohorts.mqls, 0) as mqls,
    coalesce(cohorts.sqls, 0) as sqls,
    coalesce(cohorts.opportunities, 0) as opportunities,
    coalesce(cohorts.customers, 0) as customers,
    sqls_decided.decided_share as sqls_decided_share,
    opportunities_decided.decided_share as opportunities_decided_share,
    customers_decided.decided_share as customers_decided_share

from periods
left join cohorts on periods.period = cohorts.period
left join obligation_counts as sqls_decided
    on periods.period = sqls_decided.period and sqls_decided.obligation = 'sql'
left join obligation_counts as opportunities_decided
    on periods.period = opportunities_decided.period and opportunities_decided.obligation = 'opportunity'
left join obligation_counts as customers_decided
    on periods.period = customers_decided.period and customers_decided.obligation = 'customer'
