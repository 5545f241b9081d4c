with

delivered as (

    select * from {{ source('extracts', 'hubspot_deal_contacts') }}

)

select
    deal_id,
    contact_id,
    {{ is_gone('hubspot') }} as is_deleted,
    {{ provenance() }}

from delivered
