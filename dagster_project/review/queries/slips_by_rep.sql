-- Of what each rep owed because of the review's months, how much was not done on time; reps who missed most come first.
select
    fct_obligations.obligation,
    fct_obligations.period,
    fct_obligations.rep_id,
    count(*) as owed,
    count(*) filter (where fct_obligations.outcome = 'breached') as breached

from fct_obligations
cross join review
where
    fct_obligations.period in (review.first_period, review.second_period)
    and fct_obligations.rep_id is not null
group by fct_obligations.obligation, fct_obligations.period, fct_obligations.rep_id
order by breached desc, fct_obligations.rep_id
