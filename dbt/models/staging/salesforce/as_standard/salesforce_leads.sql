-- A merged lead is its survivor's, deleted or not: it is found by the survivor's e-mail, and is gone with the survivor.
with

versions as (

    select * from {{ ref('stg_salesforce__leads') }}

),

current_leads as (

    select * from {{ ref('salesforce_current_leads') }}

),

merged as (

    select
        current_leads.lead_id,
        survivors.email,
        coalesce(survivors.is_deleted, false) as is_deleted
    from current_leads
    left join current_leads as survivors on current_leads.survivor_id = survivors.lead_id
    where current_leads.is_merged

)

select
    versions.lead_id,
    versions.created_at,
    versions.updated_at,
    cast(null as varchar) as contact_id,
    coalesce(merged.email, versions.email) as email,
    versions.owner_id,
    versions.status,
    versions.rejection_reason,
    case when merged.lead_id is null then versions.is_deleted else merged.is_deleted end as is_deleted,
    {{ provenance('versions') }}

from versions
left join merged on versions.lead_id = merged.lead_id
