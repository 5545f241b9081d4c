-- Opportunities of people who were handed off, created before that: they are no MQL's.
with

opportunities as (

    select
        opportunities.opportunity_id,
        opportunities.created_at,
        coalesce(people_leads.person_id, people_contacts.person_id) as person_id
    from staging.stg_opportunities as opportunities
    left join intermediate.int_people_leads as people_leads on opportunities.lead_id = people_leads.lead_id
    left join intermediate.int_people_contacts as people_contacts
        on opportunities.contact_id = people_contacts.contact_id
    where not opportunities.is_deleted

),

handed_off as (

    select
        person_id,
        max(handed_off_at) as last_handed_off_at
    from intermediate.int_handoffs
    group by person_id

)

select
    opportunities.opportunity_id as case_id,
    opportunities.created_at < handed_off.last_handed_off_at
    and opportunities.opportunity_id not in (
        select opportunity_id from intermediate.int_mql_opportunities
    ) as is_found
from opportunities
inner join handed_off on opportunities.person_id = handed_off.person_id
