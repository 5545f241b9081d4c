with

delivered as (

    select * from {{ source('extracts', 'salesforce_user_roles') }}

)

select
    id as role_id,
    name as role_name,
    {{ is_gone('salesforce') }} as is_deleted,
    {{ provenance() }}

from delivered
