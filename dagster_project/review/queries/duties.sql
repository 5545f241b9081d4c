-- What was owed of each kind because of the review's months, and what came of it. A load that was not kept can't be
-- made good later: it is never late.
with

obligations as (

    select
        fct_obligations.*,
        fct_obligations.done_at is not null and fct_obligations.obligation <> 'rep_load' as is_done
    from fct_obligations
    cross join review
    where fct_obligations.period in (review.first_period, review.second_period)

)

select
    obligation,
    owner,
    period,
    count(*) as owed,
    count(*) filter (where outcome = 'met') as met,
    count(*) filter (where outcome = 'breached' and is_done) as late,
    count(*) filter (where outcome = 'breached' and not is_done) as undone,
    count(*) filter (where outcome = 'pending') as pending

from obligations
group by obligation, owner, period
order by obligation, period
