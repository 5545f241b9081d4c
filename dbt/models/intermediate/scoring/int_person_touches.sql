with

touches_of_people as (

    {{ touches_of_people() }}

),

cycles as (

    select cycles.* from {{ ref('int_cycles') }} as cycles
    where {{ is_affected('cycles') }}

)

select
    touches_of_people.touch_id,
    cycles.cycle_key,
    touches_of_people.touch_type,
    touches_of_people.content_type,
    touches_of_people.campaign_id,
    touches_of_people.occurred_at

from touches_of_people
inner join cycles
    on
        touches_of_people.person_id = cycles.person_id
        and {{ within('touches_of_people.occurred_at', 'cycles.starts_at', 'cycles.ends_at') }}
