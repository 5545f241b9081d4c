{# A touch is a contact's, or of a lead who is one of marketing's persons. #}
{% macro touches_of_people() -%}
    select
        people_contacts.person_id,
        touches.*
    from {{ ref('stg_touches') }} as touches
    inner join {{ ref('int_people_contacts') }} as people_contacts on touches.contact_id = people_contacts.contact_id

    union all

    select
        people_leads.person_id,
        touches.*
    from {{ ref('stg_touches') }} as touches
    inner join {{ ref('int_people_leads') }} as people_leads
        on touches.lead_id = people_leads.lead_id and not people_leads.is_sales_sourced
    where touches.lead_id is not null
{%- endmacro %}
