-- One row per restated figure, thing that counts otherwise in it, and changed record that concerns that thing: a record
-- of somebody whom it is about, of a rep whom it is about or who worked on such a person, or of what a campaign cost.
with

contacts_of_records as (

    select record_number, contact_id from changed_records

    union

    select record_number, other_contact_id as contact_id from changed_records

),

people_contacts as (

    select contact_id, person_id from before.intermediate.int_people_contacts

    union

    select contact_id, person_id from after.intermediate.int_people_contacts

),

people_leads as (

    select lead_id, person_id from before.intermediate.int_people_leads

    union

    select lead_id, person_id from after.intermediate.int_people_leads

),

changed_users as (

    select record_number, user_id from changed_records
    where user_id is not null

),

worked_on as (

    select
        changed_users.record_number,
        activities.contact_id,
        activities.lead_id
    from changed_users
    inner join after.staging.stg_activities as activities on changed_users.user_id = activities.user_id

    union

    select
        changed_users.record_number,
        null as contact_id,
        leads.lead_id
    from changed_users
    inner join after.staging.stg_leads as leads on changed_users.user_id = leads.owner_id

    union

    select
        changed_users.record_number,
        null as contact_id,
        history.lead_id
    from changed_users
    inner join after.staging.stg_lead_history as history
        on history.field_name = 'owner_id' and changed_users.user_id in (history.old_value, history.new_value)

),

people_of_records as (

    select contacts_of_records.record_number, people_contacts.person_id
    from contacts_of_records
    inner join people_contacts on contacts_of_records.contact_id = people_contacts.contact_id

    union

    select changed_records.record_number, people_leads.person_id
    from changed_records
    inner join people_leads on changed_records.lead_id = people_leads.lead_id

    union

    select worked_on.record_number, people_contacts.person_id
    from worked_on
    inner join people_contacts on worked_on.contact_id = people_contacts.contact_id

    union

    select worked_on.record_number, people_leads.person_id
    from worked_on
    inner join people_leads on worked_on.lead_id = people_leads.lead_id

),

people_of_things as (

    select
        period,
        commitment_id,
        measure,
        thing,
        unnest(people) as person_id
    from changed_things

),

reps_of_things as (

    select
        period,
        commitment_id,
        measure,
        thing,
        unnest(reps) as rep_id
    from changed_things

)

select
    things.period,
    things.commitment_id,
    things.measure,
    things.thing,
    records.record_number
from people_of_things as things
inner join people_of_records as records on things.person_id = records.person_id

union

select
    things.period,
    things.commitment_id,
    things.measure,
    things.thing,
    records.record_number
from reps_of_things as things
inner join changed_users as records on things.rep_id = records.user_id

union

select
    things.period,
    things.commitment_id,
    things.measure,
    things.thing,
    records.record_number
from changed_things as things
inner join changed_records as records
    on
        things.measure = 'campaign_spend'
        and things.thing = records.campaign_id
        and things.period = date_trunc('month', records.spend_date)
