-- One row per record that an MQL's obligations and events rest on, in the order of what happened.
with

mql as (

    select * from intermediate.int_mqls
    where person_id = $person_id and cycle = $cycle

),

handoff as (

    select * from intermediate.int_handoffs
    where person_id = $person_id and cycle = $cycle

),

contacts as (

    select contact_id from intermediate.int_people_contacts
    where person_id = $person_id

),

leads as (

    select lead_id from intermediate.int_people_leads
    where person_id = $person_id

),

attempts as (

    select activity_id from intermediate.int_attempts
    where person_id = $person_id and cycle = $cycle

),

owner_changes as (

    select
        history.history_id,
        history.changed_at
    from staging.stg_lead_history as history
    inner join handoff on history.lead_id = handoff.lead_id and history.changed_at <= handoff.handed_off_at
    where history.field_name = 'owner_id'
    qualify row_number() over (order by history.changed_at desc, history.history_id desc) = 1

),

found as (

    select
        case when contacts.contact_id = $person_id then 'the person' else 'the same person' end as role,
        'contacts' as object,
        contacts.contact_id as record_id,
        stg_contacts.created_at as happened_at
    from contacts
    inner join staging.stg_contacts on contacts.contact_id = stg_contacts.contact_id

    union all

    select
        'touch' as role,
        'touches' as object,
        touches.touch_id as record_id,
        touches.occurred_at as happened_at
    from staging.stg_touches as touches
    cross join mql
    inner join intermediate.int_cycles as cycles on mql.person_id = cycles.person_id and mql.cycle = cycles.cycle
    where
        (
            touches.contact_id in (select contact_id from contacts)
            or touches.lead_id in (select lead_id from leads)
        )
        and (cycles.starts_at is null or touches.occurred_at >= cycles.starts_at)
        and (cycles.ends_at is null or touches.occurred_at < cycles.ends_at)
        and touches.occurred_at <= coalesce(greatest(mql.qualified_at, mql.ready_at), mql.qualified_at)

    union all

    select
        'lead' as role,
        'leads' as object,
        stg_leads.lead_id as record_id,
        stg_leads.created_at as happened_at
    from leads
    inner join staging.stg_leads on leads.lead_id = stg_leads.lead_id

    union all

    select
        'handed off' as role,
        'lead_history' as object,
        owner_changes.history_id as record_id,
        owner_changes.changed_at as happened_at
    from owner_changes

    union all

    select
        'rep' as role,
        'users' as object,
        handoff.rep_id as record_id,
        handoff.handed_off_at as happened_at
    from handoff

    union all

    select
        case when attempts.activity_id is null then 'activity' else 'attempt' end as role,
        'activities' as object,
        activities.activity_id as record_id,
        activities.occurred_at as happened_at
    from staging.stg_activities as activities
    inner join handoff
        on
            activities.occurred_at >= handoff.handed_off_at
            and (handoff.span_ends_at is null or activities.occurred_at < handoff.span_ends_at)
    left join attempts on activities.activity_id = attempts.activity_id
    where
        activities.lead_id in (select lead_id from leads)
        or activities.contact_id in (select contact_id from contacts)

    union all

    select
        'status' as role,
        'lead_history' as object,
        history.history_id as record_id,
        history.changed_at as happened_at
    from staging.stg_lead_history as history
    inner join leads on history.lead_id = leads.lead_id
    left join handoff on true
    where
        history.field_name = 'status'
        and (handoff.span_ends_at is null or history.changed_at < handoff.span_ends_at)

    union all

    select
        'meeting' as role,
        'meetings' as object,
        meetings.meeting_id as record_id,
        coalesce(meetings.confirmed_at, meetings.held_at) as happened_at
    from intermediate.int_meetings as meetings
    inner join handoff
        on
            meetings.person_id = handoff.person_id
            and coalesce(meetings.confirmed_at, meetings.held_at) >= handoff.handed_off_at
            and (
                handoff.span_ends_at is null
                or coalesce(meetings.confirmed_at, meetings.held_at) < handoff.span_ends_at
            )

    union all

    select
        'opportunity' as role,
        'opportunities' as object,
        opportunities.opportunity_id as record_id,
        opportunities.created_at as happened_at
    from intermediate.int_mql_opportunities as opportunities
    where opportunities.person_id = $person_id and opportunities.cycle = $cycle

)

select
    role,
    object,
    record_id,
    happened_at
from found
order by happened_at, object, record_id
