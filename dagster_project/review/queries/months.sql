-- The review's months that have begun, each with the contract version in force at its start.
select
    dim_periods.period,
    dim_periods.is_over,
    dim_periods.complete_through,
    dim_contract_versions.*

from dim_periods
inner join dim_contract_versions on dim_periods.contract_version = dim_contract_versions.contract_version
cross join review
where dim_periods.period in (review.first_period, review.second_period)
order by dim_periods.period
