with

versions as (

    {{ record_versions('salesforce_leads', 'id', 'last_modified_date') }}

)

select
    id as lead_id,
    master_record_id as merged_into_id,
    owner_id,
    converted_contact_id,
    converted_opportunity_id,
    lower(email) as email,
    status,
    rejection_reason,
    is_gone as is_deleted,
    converted_date,
    created_date as created_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
