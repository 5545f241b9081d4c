with

current_touches as (

    {{ current_records(ref('standard_touches'), ['touch_id']) }}

)

select
    touch_id,
    contact_id,
    lead_id,
    {{ comparable('touch_type') }} as touch_type,
    {{ comparable('content_type') }} as content_type,
    campaign_id,
    occurred_at

from current_touches
where occurred_at < {{ complete_through() }}
