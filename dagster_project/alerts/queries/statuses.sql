-- Every commitment and period with its status; old is what was over before the month that ended last.
select
    period,
    commitment_id,
    owner,
    metric,
    comparison,
    cast(target as double) as target,
    actual,
    worst,
    best,
    status,
    period < max(period) over () - interval 1 month as is_old

from marts.sla_attainment
order by period desc, commitment_id
