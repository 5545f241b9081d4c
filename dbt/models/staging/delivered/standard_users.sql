select
    user_id,
    user_name,
    department,
    is_active,
    started_on,
    ended_on,
    updated_at,
    {{ provenance('delivered') }}

from {{ source('extracts', 'standard_users') }} as delivered

union all

select
    user_id,
    user_name,
    department,
    is_active,
    started_on,
    ended_on,
    updated_at,
    {{ provenance('hubspot') }}

from {{ ref('hubspot_users') }} as hubspot

union all

select
    user_id,
    user_name,
    department,
    is_active,
    started_on,
    ended_on,
    updated_at,
    {{ provenance('salesforce') }}

from {{ ref('salesforce_users') }} as salesforce
