with

touches as (

    select * from {{ ref('stg_touches') }}

),

people_contacts as (

    select * from {{ ref('int_people_contacts') }}

),

cycles as (

    select * from {{ ref('int_cycles') }}

)

select
    touches.touch_id,
    people_contacts.person_id,
    cycles.cycle,
    touches.touch_type,
    touches.content_type,
    touches.campaign_id,
    touches.occurred_at

from touches
inner join people_contacts on touches.contact_id = people_contacts.contact_id
inner join cycles
    on
        people_contacts.person_id = cycles.person_id
        and {{ within('touches.occurred_at', 'cycles.starts_at', 'cycles.ends_at') }}
