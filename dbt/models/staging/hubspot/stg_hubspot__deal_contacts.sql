with

delivered as (

    select * from {{ source('extracts', 'hubspot_deal_contacts') }}

)

select
    deal_id,
    contact_id,
    coalesce(is_deleted, false) as is_deleted,
    {{ provenance('delivered') }}

from delivered
