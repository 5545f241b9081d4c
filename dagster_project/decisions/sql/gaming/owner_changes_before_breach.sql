-- One row per breached promise of a rep on response, cadence or disposition: found where the lead got another owner
-- after the hand-off and before the deadline, so that the CRM shows the breach under another name.
with

breaches as (

    select
        obligations.obligation,
        obligations.person_id,
        obligations.cycle,
        obligations.due_at,
        handoffs.lead_id,
        handoffs.handed_off_at,
        handoffs.rep_id
    from intermediate.int_obligations as obligations
    inner join intermediate.int_handoffs as handoffs
        on obligations.person_id = handoffs.person_id and obligations.cycle = handoffs.cycle
    where
        obligations.obligation in ('first_attempt', 'cadence', 'disposition')
        and obligations.outcome = 'breached'

)

select
    breaches.obligation || ' ' || breaches.person_id || ' ' || breaches.cycle as case_id,
    exists(
        select 1 from intermediate.int_lead_owners as owners
        where
            owners.lead_id = breaches.lead_id
            and owners.valid_from > breaches.handed_off_at
            and owners.valid_from <= breaches.due_at
            and owners.owner_id is distinct from breaches.rep_id
    ) as is_found,
    cast(null as double) as usual_share

from breaches
