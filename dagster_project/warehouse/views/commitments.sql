-- One row per promise and month: what was promised, what was reached, and how certain that is.
select
    period as month,
    commitment_id as commitment,
    owner as owed_by,
    metric,
    comparison,
    target as promised,
    actual as reached,
    status,
    worst as at_worst,
    best as at_best,
    projection as heading_for,
    final as is_final,
    met,
    breached,
    pending,
    contract_version,
    complete_through

from marts.sla_attainment
order by month, commitment
