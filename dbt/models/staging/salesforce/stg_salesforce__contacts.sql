with

versions as (

    {{ record_versions('salesforce_contacts', 'id', 'last_modified_date') }}

)

select
    id as contact_id,
    master_record_id as merged_into_id,
    owner_id,
    lower(email) as email,
    is_gone as is_deleted,
    version_at as updated_at,
    {{ provenance() }}

from versions
