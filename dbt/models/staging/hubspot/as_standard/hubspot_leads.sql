-- Where sales works in HubSpot too, a contact that has ever had an owner or a lead status is a lead as well.
with

versions as (

    select * from {{ ref('hubspot_contact_versions') }}
    where {{ of_crm() }}

),

sold_to as (

    select contact_id from versions
    where owner_id is not null or status is not null

    union

    select contact_id from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name in ('hubspot_owner_id', 'hs_lead_status')

)

select
    versions.contact_id as lead_id,
    versions.created_at,
    versions.updated_at,
    versions.contact_id,
    versions.email,
    versions.owner_id,
    versions.status,
    cast(null as varchar) as rejection_reason,
    versions.is_deleted,
    {{ provenance('versions') }}

from versions
inner join sold_to on versions.contact_id = sold_to.contact_id
