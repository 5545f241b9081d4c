with

delivered as (

    select * from {{ source('extracts', 'hubspot_engagement_contacts') }}

)

select
    engagement_id,
    contact_id,
    coalesce(is_deleted, false) as is_deleted,
    {{ provenance('delivered') }}

from delivered
