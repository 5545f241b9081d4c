with

delivered as (

    select * from {{ ref('standard_leads') }}
    where updated_at < {{ complete_through() }}

),

current_leads as (

    select * from delivered
    {{ keep_current_record(['lead_id'], updated_at='updated_at') }}

)

select
    lead_id,
    contact_id,
    {{ own_email('lower(email)') }} as own_email,
    owner_id,
    status,
    rejection_reason,
    coalesce(is_deleted, false) as is_deleted,
    created_at,
    updated_at

from current_leads
