-- A lead and the contact that it was converted into are one person, and so is what either was merged into: every id that
-- an event may name, with the lead that it stands for.
with

leads as (

    select * from {{ ref('salesforce_current_leads') }}

),

known_merges as (

    select * from {{ ref('salesforce_merges') }}

),

converted as (

    select
        coalesce(known_merges.survivor_id, leads.converted_contact_id) as contact_id,
        leads.survivor_id as lead_id
    from leads
    left join known_merges on leads.converted_contact_id = known_merges.record_id
    where leads.converted_contact_id is not null and not (leads.is_deleted and not leads.is_merged)
    qualify row_number() over (
        partition by coalesce(known_merges.survivor_id, leads.converted_contact_id) order by leads.created_at, leads.lead_id
    ) = 1

)

select
    lead_id as who_id,
    survivor_id as lead_id
from leads

union all

select
    contact_id as who_id,
    lead_id
from converted

union all

select
    known_merges.record_id as who_id,
    converted.lead_id
from known_merges
inner join converted on known_merges.survivor_id = converted.contact_id
