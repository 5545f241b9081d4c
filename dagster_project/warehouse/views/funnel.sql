-- One row per month: what happened in it, from new leads to money, whichever month the leads are of.
select
    period as month,
    leads,
    mqls_qualified as leads_qualified,
    mqls_delivered as leads_handed_over,
    meetings_confirmed,
    sqls,
    opportunities,
    customers_won,
    lost,
    revenue_won,
    spend as campaign_spend

from marts.funnel_by_period
