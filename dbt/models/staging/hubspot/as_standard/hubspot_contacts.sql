select
    versions.contact_id,
    versions.created_at,
    versions.updated_at,
    versions.email,
    versions.job_title,
    versions.industry,
    versions.company,
    versions.employee_count,
    cast(null as varchar) as annual_budget,
    versions.country,
    versions.declared_mql_at,
    versions.merged_into_contact_id,
    versions.is_deleted,
    versions.attributes,
    {{ provenance('versions') }}

from {{ ref('hubspot_contact_versions') }} as versions
