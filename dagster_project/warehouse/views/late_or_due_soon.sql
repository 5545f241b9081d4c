-- One row per obligation that is late, or due within two business days; the most urgent first.
select
    obligation as duty,
    owner as owed_by,
    rep_id as rep,
    person_id,
    outcome,
    cast(remaining_business_seconds as double) / 3600 as business_hours_left,
    cast(overdue_business_seconds as double) / 3600 as business_hours_late,
    due_at

from marts.breaches
order by business_hours_left nulls last, business_hours_late, due_at
