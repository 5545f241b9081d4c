with

delivered as (

    select * from {{ source('extracts', 'salesforce_users') }}

)

select
    id as user_id,
    profile_id,
    user_role_id as role_id,
    name as user_name,
    department,
    coalesce(is_active, true) and not {{ is_gone('salesforce') }} as is_active,
    last_modified_date as updated_at,
    {{ provenance() }}

from delivered
