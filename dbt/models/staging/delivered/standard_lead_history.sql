select
    history_id,
    lead_id,
    field,
    old_value,
    new_value,
    changed_at,
    changed_by_id,
    {{ provenance() }}

from {{ source('extracts', 'standard_lead_history') }}

union all

select
    history_id,
    lead_id,
    field,
    old_value,
    new_value,
    changed_at,
    changed_by_id,
    {{ provenance() }}

from {{ ref('hubspot_lead_history') }}

union all

select
    history_id,
    lead_id,
    field,
    old_value,
    new_value,
    changed_at,
    changed_by_id,
    {{ provenance() }}

from {{ ref('salesforce_lead_history') }}
