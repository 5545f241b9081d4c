with

delivered as (

    select * from {{ source('extracts', 'salesforce_campaign_members') }}

)

select
    id as member_id,
    campaign_id,
    coalesce(lead_id, contact_id, lead_or_contact_id) as who_id,
    status as member_status,
    coalesce(has_responded, first_responded_date is not null) as has_responded,
    {{ is_gone('salesforce') }} as is_deleted,
    first_responded_date as responded_date,
    last_modified_date as updated_at,
    {{ provenance() }}

from delivered
