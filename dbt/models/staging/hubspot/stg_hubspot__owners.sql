with

delivered as (

    select * from {{ source('extracts', 'hubspot_owners') }}

)

select
    id as owner_id,
    nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '') as owner_name,
    lower(type) as owner_type,
    team,
    {{ is_gone('hubspot') }} as is_deleted,
    updated_at,
    {{ provenance() }}

from delivered
