with

delivered as (

    select * from {{ source('extracts', 'hubspot_marketing_event_participations') }}

)

select
    id as participation_id,
    contact_id,
    marketing_event_id,
    campaign_id,
    lower(attendance_state) as attendance_state,
    occurred_at,
    {{ provenance() }}

from delivered
