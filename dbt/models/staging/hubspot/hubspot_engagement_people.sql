with

associations as (

    select * from {{ ref('stg_hubspot__engagement_contacts') }}
    {{ keep_current_record(['engagement_id', 'contact_id']) }}

)

select
    engagement_id,
    contact_id

from associations
where not is_deleted
