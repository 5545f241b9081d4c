with

delivered as (

    select * from {{ source('extracts', 'hubspot_contact_property_history') }}

)

select
    contact_id,
    name as property_name,
    value as property_value,
    timestamp as changed_at,
    {{ provenance() }}

from delivered
