-- One row per change of a lead's status that names who made it: found where the same user changed ten or more leads'
-- statuses within a minute around it.
with

changes as (

    select
        history.history_id,
        history.lead_id,
        history.changed_by_id,
        history.changed_at
    from staging.stg_lead_history as history
    where
        history.field_name = 'status'
        and history.changed_by_id is not null
        and history.new_value is distinct from history.old_value

)

select
    history_id as case_id,
    count(distinct lead_id) over (
        partition by changed_by_id order by changed_at
        range between interval 30 seconds preceding and interval 30 seconds following
    ) >= 10 as is_found,
    cast(null as double) as usual_share

from changes
