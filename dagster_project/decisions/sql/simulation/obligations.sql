-- One row per period and kind of obligation under either contract: how many were met, breached and are pending.
with

obligations as (

    select
        'signed' as side,
        period,
        obligation,
        owner,
        outcome
    from signed.marts.fct_obligations

    union all

    select
        'draft' as side,
        period,
        obligation,
        owner,
        outcome
    from draft.marts.fct_obligations

)

select
    period,
    obligation,
    owner,
    count(*) filter (where side = 'signed' and outcome = 'met') as signed_met,
    count(*) filter (where side = 'signed' and outcome = 'breached') as signed_breached,
    count(*) filter (where side = 'signed' and outcome = 'pending') as signed_pending,
    count(*) filter (where side = 'draft' and outcome = 'met') as draft_met,
    count(*) filter (where side = 'draft' and outcome = 'breached') as draft_breached,
    count(*) filter (where side = 'draft' and outcome = 'pending') as draft_pending

from obligations
group by period, obligation, owner
order by period, owner, obligation
