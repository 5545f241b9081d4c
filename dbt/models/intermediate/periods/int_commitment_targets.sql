-- Each commitment with its target in each period that has one, by the version in force at the period's start.
with

periods as (

    select * from {{ ref('int_periods') }}

),

commitments as (

    select * from {{ source('raw', 'contract_commitments') }}

),

own_targets as (

    select * from {{ source('raw', 'contract_commitment_periods') }}

)

select
    periods.period,
    commitments.commitment_id,
    commitments.position,
    commitments.owner,
    commitments.metric,
    periods.contract_version,
    commitments.comparison,
    coalesce(own_targets.target, commitments.default_target) as target

from periods
inner join commitments on periods.contract_version = commitments.version
left join own_targets
    on
        commitments.version = own_targets.version
        and commitments.commitment_id = own_targets.commitment_id
        and periods.period = own_targets.period
where coalesce(own_targets.target, commitments.default_target) is not null
