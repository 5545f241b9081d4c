-- What is due within the next two business days because of the review's months or earlier ones, the soonest first.
select
    breaches.obligation,
    breaches.owner,
    breaches.person_id,
    breaches.rep_id,
    breaches.due_at,
    cast(breaches.remaining_business_seconds as double) as remaining_seconds

from breaches
cross join review
where breaches.outcome = 'pending' and breaches.period <= review.second_period
order by breaches.due_at, breaches.obligation, breaches.person_id, breaches.rep_id
