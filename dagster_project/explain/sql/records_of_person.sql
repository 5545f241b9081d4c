-- One row per contact and lead of a person: what the person was first seen by.
select
    'contact' as role,
    'contacts' as object,
    contacts.contact_id as record_id,
    contacts.created_at as happened_at
from staging.stg_contacts as contacts
inner join intermediate.int_people_contacts as people_contacts on contacts.contact_id = people_contacts.contact_id
where people_contacts.person_id = $person_id

union all

select
    'lead' as role,
    'leads' as object,
    leads.lead_id as record_id,
    leads.created_at as happened_at
from staging.stg_leads as leads
inner join intermediate.int_people_leads as people_leads on leads.lead_id = people_leads.lead_id
where people_leads.person_id = $person_id

order by happened_at, object, record_id
