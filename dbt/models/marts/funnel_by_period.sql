with

periods as (

    select * from {{ ref('int_periods') }}

),

event_counts as (

    select * from {{ ref('int_event_counts') }}

),

counted as (

    select
        period,
        {%- for event in [
            'leads_created', 'mqls_qualified', 'mqls_delivered', 'sqls', 'opportunities', 'meetings_confirmed',
            'customers_won', 'mqls_lost', 'revenue_won', 'campaign_spend'
        ] %}
        coalesce(sum(value) filter (where event = '{{ event }}'), 0) as {{ event }}{{ ',' if not loop.last }}
        {%- endfor %}
    from event_counts
    group by period

)

select
    periods.period,
    cast(coalesce(counted.leads_created, 0) as bigint) as leads,
    cast(coalesce(counted.mqls_qualified, 0) as bigint) as mqls_qualified,
    cast(coalesce(counted.mqls_delivered, 0) as bigint) as mqls_delivered,
    cast(coalesce(counted.sqls, 0) as bigint) as sqls,
    cast(coalesce(counted.opportunities, 0) as bigint) as opportunities,
    cast(coalesce(counted.meetings_confirmed, 0) as bigint) as meetings_confirmed,
    cast(coalesce(counted.customers_won, 0) as bigint) as customers_won,
    cast(coalesce(counted.mqls_lost, 0) as bigint) as lost,
    cast(coalesce(counted.revenue_won, 0) as decimal(38, 16)) as revenue_won,
    cast(coalesce(counted.campaign_spend, 0) as decimal(38, 16)) as spend

from periods
left join counted on periods.period = counted.period
