select
    opportunity_id,
    created_at,
    updated_at,
    lead_id,
    contact_id,
    owner_id,
    amount,
    currency,
    stage,
    is_closed,
    is_won,
    closed_at,
    is_deleted,
    {{ provenance() }}

from {{ source('extracts', 'standard_opportunities') }}

union all

select
    opportunity_id,
    created_at,
    updated_at,
    lead_id,
    contact_id,
    owner_id,
    amount,
    currency,
    stage,
    is_closed,
    is_won,
    closed_at,
    is_deleted,
    {{ provenance() }}

from {{ ref('hubspot_opportunities') }}

union all

select
    opportunity_id,
    created_at,
    updated_at,
    lead_id,
    contact_id,
    owner_id,
    amount,
    currency,
    stage,
    is_closed,
    is_won,
    closed_at,
    is_deleted,
    {{ provenance() }}

from {{ ref('salesforce_opportunities') }}
