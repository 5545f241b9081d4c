-- Opportunities of MQLs that closed in each of the review's months, and in the two before them.
select
    cast(date_trunc('month', fct_opportunities.closed_date) as date) as period,
    count(*) as closed,
    count(*) filter (where fct_opportunities.is_won) as won,
    count(*) filter (where not fct_opportunities.is_won) as lost,
    cast(coalesce(sum(fct_opportunities.amount) filter (where fct_opportunities.is_won), 0) as double) as amount_won

from fct_opportunities
cross join review
where
    fct_opportunities.is_closed
    and date_trunc('month', fct_opportunities.closed_date) <= review.second_period
    and date_trunc('month', fct_opportunities.closed_date) >= review.first_period - interval 2 month
group by date_trunc('month', fct_opportunities.closed_date)
order by period
