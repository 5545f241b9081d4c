{# The person of an event that names a lead, a contact or both: its lead's, or its contact's where the lead is unknown
   or deleted; an event of nobody is left out. #}
{% macro events_of_people(events) -%}
    select
        coalesce(people_leads.person_id, people_contacts.person_id) as person_id,
        {{ events }}.*
    from {{ events }}
    left join {{ ref('int_people_leads') }} as people_leads on {{ events }}.lead_id = people_leads.lead_id
    left join {{ ref('int_people_contacts') }} as people_contacts on {{ events }}.contact_id = people_contacts.contact_id
    where coalesce(people_leads.person_id, people_contacts.person_id) is not null
{%- endmacro %}
