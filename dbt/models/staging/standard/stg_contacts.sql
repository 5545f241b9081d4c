with

versions as (

    select * from {{ ref('stg_contact_versions') }}

),

current_versions as (

    select * from versions
    qualify row_number() over (partition by contact_id order by updated_at desc) = 1

)

select
    contact_id,
    email,
    {{ own_email('email') }} as own_email,
    merged_into_contact_id,
    industry,
    country,
    employee_count,
    is_deleted,
    created_at,
    updated_at

from current_versions
