-- What reps did to reach a handed-off person: outbound, not automated, not bounced.
with

activities as (

    select activities.*
    from {{ ref('stg_activities') }} as activities
    inner join {{ ref('stg_users') }} as users on activities.user_id = users.user_id and users.is_rep
    where
        activities.direction = 'outbound'
        and not activities.is_automated
        and activities.outcome is distinct from 'bounced'

),

attempts as (

    {{ events_of_people('activities') }}

)

select
    attempts.activity_id,
    handoffs.person_id,
    handoffs.cycle,
    attempts.activity_type,
    attempts.occurred_at,
    row_number() over (
        partition by handoffs.person_id, handoffs.cycle order by attempts.occurred_at, attempts.activity_id
    ) as attempt_number

from attempts
inner join {{ ref('int_handoffs') }} as handoffs
    on
        attempts.person_id = handoffs.person_id
        and {{ within('attempts.occurred_at', 'handoffs.handed_off_at', 'handoffs.span_ends_at') }}
