with

delivered as (

    select * from {{ source('extracts', 'salesforce_opportunity_contact_roles') }}

)

select
    id as role_id,
    opportunity_id,
    contact_id,
    coalesce(is_primary, false) as is_primary,
    {{ is_gone('salesforce') }} as is_deleted,
    created_date as created_at,
    last_modified_date as updated_at,
    {{ provenance() }}

from delivered
