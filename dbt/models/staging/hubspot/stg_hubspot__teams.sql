with

delivered as (

    select * from {{ source('extracts', 'hubspot_teams') }}

)

select
    id as team_id,
    name as team_name,
    {{ is_gone('hubspot') }} as is_deleted,
    {{ provenance() }}

from delivered
