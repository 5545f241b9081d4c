-- One row per record that a rep's load in a period rests on: the user's own, and each MQL's hand-off.
with

handoffs as (

    select handoffs.*
    from intermediate.int_handoffs as handoffs
    inner join intermediate.int_periods as periods
        on handoffs.handed_off_at >= periods.starts_at and handoffs.handed_off_at < periods.ends_at
    where periods.period = $period and handoffs.rep_id = $rep_id

),

owner_changes as (

    select
        handoffs.person_id,
        handoffs.cycle,
        handoffs.handed_off_at,
        history.history_id
    from handoffs
    inner join staging.stg_lead_history as history
        on handoffs.lead_id = history.lead_id and history.changed_at <= handoffs.handed_off_at
    where history.field_name = 'owner_id'
    qualify row_number() over (
        partition by handoffs.person_id, handoffs.cycle order by history.changed_at desc, history.history_id desc
    ) = 1

)

select
    'rep' as role,
    'users' as object,
    user_id as record_id,
    cast(null as timestamp) as happened_at
from staging.stg_users
where user_id = $rep_id

union all

select
    'handed off' as role,
    case when owner_changes.history_id is null then 'leads' else 'lead_history' end as object,
    coalesce(owner_changes.history_id, handoffs.lead_id) as record_id,
    handoffs.handed_off_at as happened_at
from handoffs
left join owner_changes on handoffs.person_id = owner_changes.person_id and handoffs.cycle = owner_changes.cycle

order by happened_at nulls first, object, record_id
