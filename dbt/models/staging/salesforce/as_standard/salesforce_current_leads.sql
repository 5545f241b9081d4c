-- Each lead as it is now, with the record that it was merged into.
with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}
    where updated_at < {{ complete_through() }}

),

current_leads as (

    select * from leads
    {{ keep_current_record(['lead_id'], updated_at='updated_at') }}

)

select
    current_leads.lead_id,
    coalesce(known_merges.survivor_id, current_leads.lead_id) as survivor_id,
    current_leads.merged_into_id is not null as is_merged,
    current_leads.converted_contact_id,
    current_leads.converted_opportunity_id,
    current_leads.email,
    current_leads.is_deleted,
    current_leads.created_at,
    current_leads.updated_at,
    {{ provenance('current_leads') }}

from current_leads
left join {{ ref('salesforce_merges') }} as known_merges on current_leads.lead_id = known_merges.record_id
