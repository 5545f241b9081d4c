-- One row per event of some kinds that lies in a period; `started_at` is when it happened.
select
    events.event as measure,
    events.person_id,
    events.cycle,
    cast(null as varchar) as rep_id,
    events.object,
    events.record_id,
    events.amount,
    cast(null as varchar) as outcome,
    cast(null as boolean) as has_passed,
    events.happened_at as started_at,
    cast(null as timestamp) as due_at,
    cast(null as timestamp) as done_at
from intermediate.int_events as events
inner join intermediate.int_periods as periods
    on events.happened_at >= periods.starts_at and events.happened_at < periods.ends_at
where periods.period = $period and list_contains($events, events.event)
order by events.event, events.happened_at, events.person_id, events.cycle, events.record_id
