with

delivered as (

    select * from {{ source('extracts', 'hubspot_teams') }}

)

select
    id as team_id,
    name as team_name,
    coalesce(is_deleted, false) as is_deleted,
    {{ provenance('delivered') }}

from delivered
