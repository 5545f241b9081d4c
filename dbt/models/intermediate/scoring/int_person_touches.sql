with

touches as (

    select * from {{ ref('stg_touches') }}

),

people_contacts as (

    select * from {{ ref('int_people_contacts') }}

),

people_leads as (

    select * from {{ ref('int_people_leads') }}
    where not is_sales_sourced

),

-- a touch is a contact's, or of a lead who is one of marketing's persons
touches_of_people as (

    select
        people_contacts.person_id,
        touches.*
    from touches
    inner join people_contacts on touches.contact_id = people_contacts.contact_id

    union all

    select
        people_leads.person_id,
        touches.*
    from touches
    inner join people_leads on touches.lead_id = people_leads.lead_id
    where touches.lead_id is not null

),

cycles as (

    select * from {{ ref('int_cycles') }}

)

select
    touches_of_people.touch_id,
    touches_of_people.person_id,
    cycles.cycle,
    touches_of_people.touch_type,
    touches_of_people.content_type,
    touches_of_people.campaign_id,
    touches_of_people.occurred_at

from touches_of_people
inner join cycles
    on
        touches_of_people.person_id = cycles.person_id
        and {{ within('touches_of_people.occurred_at', 'cycles.starts_at', 'cycles.ends_at') }}
