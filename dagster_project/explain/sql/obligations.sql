-- One row per obligation of a kind that belongs to a period, the broken ones first.
select
    obligation as measure,
    person_id,
    cycle,
    rep_id,
    cast(null as varchar) as object,
    cast(null as varchar) as record_id,
    cast(null as decimal(38, 16)) as amount,
    outcome,
    has_passed,
    started_at,
    due_at,
    done_at
from intermediate.int_obligations
where period = $period and obligation = $obligation
order by
    case outcome when 'breached' then 1 when 'pending' then 2 else 3 end,
    started_at,
    person_id,
    cycle,
    rep_id
