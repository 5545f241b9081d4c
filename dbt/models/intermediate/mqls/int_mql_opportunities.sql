-- Opportunities created while they were an MQL's.
with

opportunities as (

    select * from {{ ref('stg_opportunities') }}
    where not is_deleted

),

opportunities_of_people as (

    {{ events_of_people('opportunities') }}

)

select
    opportunities_of_people.opportunity_id,
    handoffs.person_id,
    handoffs.cycle,
    handoffs.rep_id,
    opportunities_of_people.amount,
    opportunities_of_people.original_amount,
    opportunities_of_people.original_currency,
    opportunities_of_people.is_closed,
    opportunities_of_people.is_won,
    opportunities_of_people.created_at,
    opportunities_of_people.closed_at

from opportunities_of_people
inner join {{ ref('int_handoffs') }} as handoffs
    on
        opportunities_of_people.person_id = handoffs.person_id
        and {{ within('opportunities_of_people.created_at', 'handoffs.handed_off_at', 'handoffs.span_ends_at') }}
