with

current_versions as (

    {{ current_records(ref('standard_contacts'), ['contact_id', 'updated_at'], 'updated_at < ' ~ complete_through()) }}

)

select
    contact_id,
    updated_at,
    _source as source_name,
    lower(email) as email,
    merged_into_contact_id,
    industry,
    country,
    employee_count,
    attributes,
    coalesce(is_deleted, false) as is_deleted,
    created_at,
    declared_mql_at

from current_versions
