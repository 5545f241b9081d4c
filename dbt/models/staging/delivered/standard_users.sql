select
    user_id,
    user_name,
    department,
    is_active,
    started_on,
    ended_on,
    updated_at,
    {{ provenance() }}

from {{ source('extracts', 'standard_users') }}

union all

select
    user_id,
    user_name,
    department,
    is_active,
    started_on,
    ended_on,
    updated_at,
    {{ provenance() }}

from {{ ref('hubspot_users') }}

union all

select
    user_id,
    user_name,
    department,
    is_active,
    started_on,
    ended_on,
    updated_at,
    {{ provenance() }}

from {{ ref('salesforce_users') }}
