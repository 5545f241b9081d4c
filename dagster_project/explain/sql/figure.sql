-- One row: a commitment's figure in a period, as it is published.
select * from published.marts.sla_attainment
where period = $period and commitment_id = $commitment
