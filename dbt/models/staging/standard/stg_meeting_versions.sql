with

delivered as (

    select * from {{ ref('standard_meetings') }}
    where updated_at < {{ complete_through() }}

)

select
    meeting_id,
    updated_at,
    lead_id,
    contact_id,
    user_id,
    {{ comparable('status') }} as status,
    created_at,
    scheduled_at,
    confirmed_at

from delivered
{{ keep_current_record(['meeting_id', 'updated_at']) }}
