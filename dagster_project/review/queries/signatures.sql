-- Who signed the versions that the review's months began under.
select
    dim_contract_signatures.contract_version,
    dim_contract_signatures.department,
    dim_contract_signatures.role,
    dim_contract_signatures.signed_date

from dim_contract_signatures
cross join review
where
    dim_contract_signatures.contract_version in (
        select contract_version from dim_periods
        where period in (review.first_period, review.second_period)
    )
order by contract_version, department, signed_date, role
