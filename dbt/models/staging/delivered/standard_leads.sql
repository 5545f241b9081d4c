select
    lead_id,
    created_at,
    updated_at,
    contact_id,
    email,
    owner_id,
    status,
    rejection_reason,
    is_deleted,
    {{ provenance() }}

from {{ source('extracts', 'standard_leads') }}

union all

select
    lead_id,
    created_at,
    updated_at,
    contact_id,
    email,
    owner_id,
    status,
    rejection_reason,
    is_deleted,
    {{ provenance() }}

from {{ ref('hubspot_leads') }}

union all

select
    lead_id,
    created_at,
    updated_at,
    contact_id,
    email,
    owner_id,
    status,
    rejection_reason,
    is_deleted,
    {{ provenance() }}

from {{ ref('salesforce_leads') }}
