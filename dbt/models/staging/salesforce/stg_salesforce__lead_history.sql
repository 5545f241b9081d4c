with

delivered as (

    select * from {{ source('extracts', 'salesforce_lead_history') }}

)

select
    id as history_id,
    lead_id,
    created_by_id as changed_by_id,
    lower(field) as field_name,
    old_value,
    new_value,
    {{ is_gone('salesforce') }} as is_deleted,
    created_date as changed_at,
    {{ provenance() }}

from delivered
