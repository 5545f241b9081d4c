select
    activity_id,
    lead_id,
    contact_id,
    user_id,
    activity_type,
    direction,
    occurred_at,
    outcome,
    is_automated,
    opportunity_id,
    false as is_day_precise,
    {{ provenance() }}

from {{ source('extracts', 'standard_activities') }}

union all

select
    activity_id,
    lead_id,
    contact_id,
    user_id,
    activity_type,
    direction,
    occurred_at,
    outcome,
    is_automated,
    opportunity_id,
    is_day_precise,
    {{ provenance() }}

from {{ ref('hubspot_activities') }}

union all

select
    activity_id,
    lead_id,
    contact_id,
    user_id,
    activity_type,
    direction,
    occurred_at,
    outcome,
    is_automated,
    opportunity_id,
    is_day_precise,
    {{ provenance() }}

from {{ ref('salesforce_activities') }}
