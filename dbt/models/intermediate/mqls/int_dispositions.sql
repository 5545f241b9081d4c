-- Sales' word on an MQL: since when a lead of the person is in a status of each group, from the hand-off on.
with

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

in_group as (

    select
        handoffs.person_id,
        handoffs.cycle,
        statuses.status_group,
        statuses.lead_id,
        greatest(statuses.valid_from, handoffs.handed_off_at) as reached_at
    from handoffs
    inner join {{ ref('int_lead_statuses') }} as statuses
        on
            handoffs.person_id = statuses.person_id
            and (statuses.valid_to is null or statuses.valid_to > handoffs.handed_off_at)
            and (handoffs.span_ends_at is null or statuses.valid_from < handoffs.span_ends_at)

),

first_reached as (

    select * from in_group
    qualify row_number() over (
        partition by person_id, cycle, status_group order by reached_at, lead_id
    ) = 1

)

select
    first_reached.person_id,
    first_reached.cycle,
    min(first_reached.reached_at) filter (where first_reached.status_group = 'accepted') as accepted_at,
    min(first_reached.reached_at) filter (where first_reached.status_group = 'rejected') as rejected_at,
    min(first_reached.reached_at) filter (where first_reached.status_group = 'qualified') as qualified_status_at,
    max(leads.rejection_reason) filter (where first_reached.status_group = 'rejected') as rejection_reason

from first_reached
inner join {{ ref('stg_leads') }} as leads on first_reached.lead_id = leads.lead_id
group by first_reached.person_id, first_reached.cycle
