with

delivered as (

    select * from {{ source('extracts', 'hubspot_engagement_contacts') }}

)

select
    engagement_id,
    contact_id,
    {{ is_gone('hubspot') }} as is_deleted,
    {{ provenance() }}

from delivered
