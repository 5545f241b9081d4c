-- People who were deleted and of whom a rep had a lead. A lead that found another person is that one's, and not looked at.
with

deleted as (

    select contact_id
    from staging.stg_contacts
    where is_deleted and contact_id not in (select contact_id from intermediate.int_contact_merges)

),

contacts_of_deleted as (

    select
        contact_id,
        contact_id as person_id
    from deleted

    union all

    select
        int_contact_merges.contact_id,
        int_contact_merges.merged_into_contact_id as person_id
    from intermediate.int_contact_merges
    inner join deleted on int_contact_merges.merged_into_contact_id = deleted.contact_id
    where int_contact_merges.is_end_of_chain

),

leads_of_deleted as (

    select
        leads.lead_id,
        leads.owner_id,
        contacts_of_deleted.person_id
    from staging.stg_leads as leads
    inner join contacts_of_deleted on leads.contact_id = contacts_of_deleted.contact_id
    where leads.lead_id not in (select lead_id from intermediate.int_people_leads)

),

owners as (

    select
        person_id,
        owner_id
    from leads_of_deleted

    union all

    select
        leads_of_deleted.person_id,
        unnest([history.old_value, history.new_value]) as owner_id
    from leads_of_deleted
    inner join staging.stg_lead_history as history on leads_of_deleted.lead_id = history.lead_id
    where history.field_name = 'owner_id'

)

select
    deleted.contact_id as case_id,
    deleted.contact_id in (
        select owners.person_id from owners
        inner join marts.dim_reps as reps on owners.owner_id = reps.rep_id
    ) as is_found
from deleted
