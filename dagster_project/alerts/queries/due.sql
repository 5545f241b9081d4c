-- What is pending and about to fall due: by the hour within $seconds of business time, else within two business days.
select
    obligation,
    person_id,
    cycle,
    rep_id,
    period,
    owner,
    due_at

from marts.breaches
where
    outcome = 'pending'
    and (not list_contains($by_the_hour, obligation) or remaining_business_seconds <= $seconds)
order by due_at, obligation, rep_id, person_id
