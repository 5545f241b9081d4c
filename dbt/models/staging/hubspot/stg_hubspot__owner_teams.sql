with

delivered as (

    select * from {{ source('extracts', 'hubspot_owner_teams') }}

)

select
    owner_id,
    team_id,
    coalesce(is_team_primary, false) as is_primary,
    {{ is_gone('hubspot') }} as is_deleted,
    {{ provenance() }}

from delivered
