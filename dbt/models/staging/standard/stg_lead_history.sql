with

current_history as (

    {{ current_records(ref('standard_lead_history'), ['history_id']) }}

)

select
    history_id,
    lead_id,
    {{ comparable('field') }} as field_name,
    old_value,
    new_value,
    changed_by_id,
    changed_at

from current_history
where changed_at < {{ complete_through() }}
