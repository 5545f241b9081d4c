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
    {{ provenance('delivered') }}

from {{ source('extracts', 'standard_meetings') }} as delivered

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
    {{ provenance('hubspot') }}

from {{ ref('hubspot_meetings') }} as hubspot

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
    {{ provenance('salesforce') }}

from {{ ref('salesforce_meetings') }} as salesforce
