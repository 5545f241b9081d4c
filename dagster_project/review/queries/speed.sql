-- How soon the MQLs handed off in each of the last six months had their first attempt, in business time.
with

months as (

    select
        dim_periods.period,
        dim_contract_versions.first_attempt_within_business_seconds as promised_seconds
    from dim_periods
    inner join dim_contract_versions on dim_periods.contract_version = dim_contract_versions.contract_version
    cross join review
    where
        dim_periods.period <= review.second_period
        and dim_periods.period > review.second_period - interval 6 month

),

responses as (

    select
        cast(date_trunc('month', handed_off_date) as date) as period,
        count(*) as mqls,
        count(first_attempt_at) as attempted,
        quantile_cont(cast(first_response_business_seconds as double), 0.5)
            filter (where first_attempt_at is not null) as median_seconds,
        quantile_cont(cast(first_response_business_seconds as double), 0.9)
            filter (where first_attempt_at is not null) as p90_seconds
    from fct_mqls
    where handed_off_date is not null
    group by date_trunc('month', handed_off_date)

),

promised as (

    select
        period,
        count(*) as owed,
        count(*) filter (where outcome = 'met') as met,
        count(*) filter (where outcome = 'breached') as breached,
        count(*) filter (where outcome = 'pending') as pending
    from fct_obligations
    where obligation = 'first_attempt'
    group by period

)

select
    months.period,
    cast(months.promised_seconds as double) as promised_seconds,
    coalesce(responses.mqls, 0) as mqls,
    coalesce(responses.attempted, 0) as attempted,
    responses.median_seconds,
    responses.p90_seconds,
    coalesce(promised.owed, 0) as owed,
    coalesce(promised.met, 0) as met,
    coalesce(promised.breached, 0) as breached,
    coalesce(promised.pending, 0) as pending,
    promised.met / nullif(promised.owed, 0) as met_share

from months
left join responses on months.period = responses.period
left join promised on months.period = promised.period
order by months.period
