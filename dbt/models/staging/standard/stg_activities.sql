with

current_activities as (

    {{ current_records(ref('standard_activities'), ['activity_id']) }}

)

select
    activity_id,
    lead_id,
    contact_id,
    user_id,
    {{ comparable('activity_type') }} as activity_type,
    coalesce({{ comparable('direction') }}, 'outbound') as direction,
    {{ comparable('outcome') }} as outcome,
    coalesce(is_automated, false) as is_automated,
    is_day_precise,
    occurred_at

from current_activities
where occurred_at < {{ complete_through() }}
