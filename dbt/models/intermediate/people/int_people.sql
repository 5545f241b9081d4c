with

contacts as (

    select * from {{ ref('stg_contacts') }}

),

leads as (

    select * from {{ ref('stg_leads') }}

),

people_contacts as (

    select * from {{ ref('int_people_contacts') }}

),

people_leads as (

    select * from {{ ref('int_people_leads') }}

),

first_sights as (

    select
        people_contacts.person_id,
        contacts.created_at
    from people_contacts
    inner join contacts on people_contacts.contact_id = contacts.contact_id

    union all

    select
        people_leads.person_id,
        leads.created_at
    from people_leads
    inner join leads on people_leads.lead_id = leads.lead_id

)

select
    person_id,
    min(created_at) as first_seen_at

from first_sights
group by person_id
