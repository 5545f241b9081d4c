with

versions as (

    {{ record_versions('hubspot_contacts', 'id', 'lastmodifieddate') }}

)

select
    id as contact_id,
    lower(email) as email,
    jobtitle as job_title,
    industry,
    company,
    numemployees as employee_count,
    country,
    attributes,
    hs_merged_object_ids as merged_contact_ids,
    hubspot_owner_id as owner_id,
    hs_lead_status as status,
    is_gone as is_deleted,
    createdate as created_at,
    version_at as updated_at,
    coalesce(hs_v2_date_entered_marketingqualifiedlead, hs_lifecyclestage_marketingqualifiedlead_date) as declared_mql_at,
    {{ provenance() }}

from versions
