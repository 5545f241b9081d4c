select
    meeting_id,
    lead_id,
    contact_id,
    user_id,
    created_at,
    scheduled_at,
    confirmed_at,
    status,
    updated_at,
    {{ provenance() }}

from {{ source('extracts', 'standard_meetings') }}

union all

select
    meeting_id,
    lead_id,
    contact_id,
    user_id,
    created_at,
    scheduled_at,
    confirmed_at,
    status,
    updated_at,
    {{ provenance() }}

from {{ ref('hubspot_meetings') }}

union all

select
    meeting_id,
    lead_id,
    contact_id,
    user_id,
    created_at,
    scheduled_at,
    confirmed_at,
    status,
    updated_at,
    {{ provenance() }}

from {{ ref('salesforce_meetings') }}
