-- What was promised and what came of it, for the review's months and the four before them.
select
    sla_attainment.period,
    sla_attainment.commitment_id,
    sla_attainment.owner,
    sla_attainment.metric,
    sla_attainment.contract_version,
    sla_attainment.comparison,
    cast(sla_attainment.target as double) as target,
    sla_attainment.actual,
    sla_attainment.met,
    sla_attainment.breached,
    sla_attainment.pending,
    sla_attainment.due,
    sla_attainment.worst,
    sla_attainment.best,
    sla_attainment.projection,
    sla_attainment.attainment,
    sla_attainment.status,
    sla_attainment.final,
    sla_attainment.period >= review.first_period as is_reviewed

from sla_attainment
cross join review
where
    sla_attainment.period <= review.second_period
    and sla_attainment.period >= review.first_period - interval 4 month
order by sla_attainment.owner, sla_attainment.metric, sla_attainment.commitment_id, sla_attainment.period
