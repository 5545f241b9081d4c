-- One row per period of hand-off that is over: of its MQLs, those whose time to become a customer has passed, those of
-- them who became one in that time, and what these are worth.
select
    obligations.period,
    count(*) as mqls,
    count(*) filter (where obligations.outcome = 'met') as customers,
    coalesce(sum(mqls.amount_won) filter (where obligations.outcome = 'met'), 0) as amount_won

from intermediate.int_obligations as obligations
inner join intermediate.int_mqls as mqls
    on obligations.person_id = mqls.person_id and obligations.cycle = mqls.cycle
inner join intermediate.int_periods as periods on obligations.period = periods.period
where obligations.obligation = 'customer' and obligations.has_passed and periods.is_over
group by obligations.period
order by obligations.period
