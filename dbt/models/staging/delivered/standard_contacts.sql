select
    contact_id,
    created_at,
    updated_at,
    email,
    job_title,
    industry,
    company,
    employee_count,
    annual_budget,
    country,
    declared_mql_at,
    merged_into_contact_id,
    is_deleted,
    attributes,
    {{ provenance() }}

from {{ source('extracts', 'standard_contacts') }}

union all

select
    contact_id,
    created_at,
    updated_at,
    email,
    job_title,
    industry,
    company,
    employee_count,
    annual_budget,
    country,
    declared_mql_at,
    merged_into_contact_id,
    is_deleted,
    attributes,
    {{ provenance() }}

from {{ ref('hubspot_contacts') }}
