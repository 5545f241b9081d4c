with

leads as (

    select * from {{ ref('stg_leads') }}
    where not is_deleted

),

contacts as (

    select * from {{ ref('stg_contacts') }}

),

people_contacts as (

    select * from {{ ref('int_people_contacts') }}

),

-- a survivor's e-mail before a merged contact's, the oldest contact first
people_emails as (

    select
        contacts.own_email,
        people_contacts.person_id
    from contacts
    inner join people_contacts on contacts.contact_id = people_contacts.contact_id
    where contacts.own_email is not null
    qualify row_number() over (
        partition by contacts.own_email
        order by people_contacts.is_survivor desc, contacts.created_at, contacts.contact_id
    ) = 1

),

matched as (

    select
        leads.lead_id,
        leads.own_email,
        leads.created_at,
        coalesce(by_contact.person_id, by_email.person_id) as person_id,
        contacts.contact_id is not null and by_contact.person_id is null as is_of_deleted_person
    from leads
    left join people_contacts as by_contact on leads.contact_id = by_contact.contact_id
    left join people_emails as by_email on leads.own_email = by_email.own_email
    left join contacts on leads.contact_id = contacts.contact_id

),

-- a lead that matches nobody is sales' own: one person for each e-mail, else for each lead
sales_sourced as (

    select
        lead_id,
        'lead:' || first_value(lead_id) over (
            partition by own_email, case when own_email is null then lead_id end
            order by created_at, lead_id
        ) as person_id
    from matched
    where person_id is null and not is_of_deleted_person

)

select
    lead_id,
    person_id,
    false as is_sales_sourced
from matched
where person_id is not null

union all

select
    lead_id,
    person_id,
    true as is_sales_sourced
from sales_sourced
