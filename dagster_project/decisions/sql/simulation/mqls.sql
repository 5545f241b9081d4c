-- One row per period of either contract: MQLs by when they qualified, were handed off, became an SQL or a customer, and
-- those of the qualified that only one of the contracts makes an MQL of in that run through the funnel.
with

mqls as (

    select
        'signed' as side,
        *
    from signed.marts.fct_mqls

    union all by name

    select
        'draft' as side,
        *
    from draft.marts.fct_mqls

),

events as (

    unpivot (
        select
            side,
            qualified_date,
            handed_off_date,
            sql_date,
            won_date,
            case
                when count(*) over (partition by person_id, cycle) = 1 then qualified_date
            end as only_here_date
        from mqls
    )
    on qualified_date, handed_off_date, sql_date, won_date, only_here_date
    into name event value happened_date

),

counted as (

    select
        cast(date_trunc('month', happened_date) as date) as period,
        count(*) filter (where side = 'signed' and event = 'qualified_date') as signed_qualified,
        count(*) filter (where side = 'draft' and event = 'qualified_date') as draft_qualified,
        count(*) filter (where side = 'signed' and event = 'only_here_date') as only_signed,
        count(*) filter (where side = 'draft' and event = 'only_here_date') as only_draft,
        count(*) filter (where side = 'signed' and event = 'handed_off_date') as signed_delivered,
        count(*) filter (where side = 'draft' and event = 'handed_off_date') as draft_delivered,
        count(*) filter (where side = 'signed' and event = 'sql_date') as signed_sqls,
        count(*) filter (where side = 'draft' and event = 'sql_date') as draft_sqls,
        count(*) filter (where side = 'signed' and event = 'won_date') as signed_customers,
        count(*) filter (where side = 'draft' and event = 'won_date') as draft_customers
    from events
    group by period

),

periods as (

    select period from signed.marts.dim_periods

    union

    select period from draft.marts.dim_periods

)

select
    periods.period,
    coalesce(counted.signed_qualified, 0) as signed_qualified,
    coalesce(counted.draft_qualified, 0) as draft_qualified,
    coalesce(counted.only_signed, 0) as only_signed,
    coalesce(counted.only_draft, 0) as only_draft,
    coalesce(counted.signed_delivered, 0) as signed_delivered,
    coalesce(counted.draft_delivered, 0) as draft_delivered,
    coalesce(counted.signed_sqls, 0) as signed_sqls,
    coalesce(counted.draft_sqls, 0) as draft_sqls,
    coalesce(counted.signed_customers, 0) as signed_customers,
    coalesce(counted.draft_customers, 0) as draft_customers

from periods
left join counted on periods.period = counted.period
order by periods.period
