with

delivered as (

    select * from {{ source('extracts', 'salesforce_profiles') }}

)

select
    id as profile_id,
    name as profile_name,
    {{ is_gone('salesforce') }} as is_deleted,
    {{ provenance() }}

from delivered
