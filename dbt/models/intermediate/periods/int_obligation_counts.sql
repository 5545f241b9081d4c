-- Obligations of each kind that belong to each period, by outcome, and those whose deadline has passed.
with

obligations as (

    select * from {{ ref('int_obligations') }}

)

select
    period,
    obligation,
    count(*) filter (where outcome = 'met') as met,
    count(*) filter (where outcome = 'breached') as breached,
    count(*) filter (where outcome = 'pending') as pending,
    count(*) filter (where has_passed) as due,
    count(*) filter (where has_passed and outcome = 'met') as due_met

from obligations
group by period, obligation
