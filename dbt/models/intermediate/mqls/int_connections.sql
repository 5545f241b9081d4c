-- When a handed-off person answered: an inbound or answered activity that no machine made, or a meeting held.
with

activities as (

    select * from {{ ref('stg_activities') }}
    where not is_automated and (direction = 'inbound' or outcome in ('connected', 'replied'))

),

activities_of_people as (

    {{ events_of_people('activities') }}

),

answers as (

    select
        person_id,
        occurred_at as connected_at
    from activities_of_people

    union all

    select
        person_id,
        held_at as connected_at
    from {{ ref('int_meetings') }}
    where held_at is not null

)

select
    handoffs.person_id,
    handoffs.cycle,
    min(answers.connected_at) as connected_at

from answers
inner join {{ ref('int_handoffs') }} as handoffs
    on
        answers.person_id = handoffs.person_id
        and {{ within('answers.connected_at', 'handoffs.handed_off_at', 'handoffs.span_ends_at') }}
group by handoffs.person_id, handoffs.cycle
