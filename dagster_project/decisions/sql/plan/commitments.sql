-- One row per commitment of the latest period that is over, in the contract's order: what was promised and its status.
with

latest as (

    select max(period) as period from intermediate.int_periods
    where is_over

)

select
    attainment.period,
    attainment.commitment_id,
    attainment.owner,
    attainment.metric,
    cast(attainment.target as decimal(38, 12)) as target,
    attainment.status

from marts.sla_attainment as attainment
inner join latest on attainment.period = latest.period
inner join intermediate.int_commitment_targets as targets
    on attainment.period = targets.period and attainment.commitment_id = targets.commitment_id
order by targets.position
