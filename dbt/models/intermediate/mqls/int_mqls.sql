-- Every MQL with the first times of all that happened to it.
with

qualifications as (

    select * from {{ ref('int_qualifications') }}

),

sql_terms as (

    select
        version,
        sql_mode
    from {{ source('raw', 'contract_versions') }}

),

sql_conditions as (

    select * from {{ source('raw', 'contract_sql_conditions') }}

),

attempts as (

    select
        person_id,
        cycle,
        count(*) as attempts,
        min(occurred_at) as first_attempt_at
    from {{ ref('int_attempts') }}
    group by person_id, cycle

),

first_meetings as (

    select
        person_id,
        cycle,
        min(confirmed_at) as meeting_confirmed_at
    from {{ ref('int_mql_meetings') }}
    group by person_id, cycle

),

opportunities as (

    select
        person_id,
        cycle,
        count(*) as opportunities,
        coalesce(sum(amount) filter (where is_won), 0) as amount_won,
        min(created_at) as opportunity_at,
        min(closed_at) filter (where is_won) as won_at,
        case when bool_and(is_closed and not is_won) then max(closed_at) end as lost_at
    from {{ ref('int_mql_opportunities') }}
    group by person_id, cycle

),

owner_changes as (

    select
        handoffs.person_id,
        handoffs.cycle,
        count(*) as owner_changes
    from {{ ref('int_handoffs') }} as handoffs
    inner join {{ ref('int_lead_owners') }} as owners
        on
            handoffs.lead_id = owners.lead_id
            and owners.valid_from > handoffs.handed_off_at
            and (handoffs.span_ends_at is null or owners.valid_from < handoffs.span_ends_at)
    group by handoffs.person_id, handoffs.cycle

),

first_times as (

    select
        qualifications.person_id,
        qualifications.cycle,
        qualifications.version,
        qualifications.basis,
        qualifications.score,
        qualifications.qualified_at,
        readiness.ready_at,
        readiness.ready_trigger,
        handoffs.handed_off_at,
        handoffs.version as handoff_version,
        handoffs.rep_id,
        handoffs.recycled_at,
        coalesce(owner_changes.owner_changes, 0) as owner_changes,
        attempts.first_attempt_at,
        coalesce(attempts.attempts, 0) as attempts,
        connections.connected_at,
        dispositions.accepted_at,
        dispositions.rejected_at,
        dispositions.rejection_reason,
        dispositions.qualified_status_at,
        first_meetings.meeting_confirmed_at,
        opportunities.opportunity_at,
        opportunities.won_at,
        opportunities.lost_at,
        coalesce(opportunities.opportunities, 0) as opportunities,
        coalesce(opportunities.amount_won, 0) as amount_won
    from qualifications
    inner join {{ ref('int_mql_readiness') }} as readiness
        on qualifications.person_id = readiness.person_id and qualifications.cycle = readiness.cycle
    left join {{ ref('int_handoffs') }} as handoffs
        on qualifications.person_id = handoffs.person_id and qualifications.cycle = handoffs.cycle
    left join owner_changes
        on qualifications.person_id = owner_changes.person_id and qualifications.cycle = owner_changes.cycle
    left join attempts on qualifications.person_id = attempts.person_id and qualifications.cycle = attempts.cycle
    left join {{ ref('int_connections') }} as connections
        on qualifications.person_id = connections.person_id and qualifications.cycle = connections.cycle
    left join {{ ref('int_dispositions') }} as dispositions
        on qualifications.person_id = dispositions.person_id and qualifications.cycle = dispositions.cycle
    left join first_meetings
        on qualifications.person_id = first_meetings.person_id and qualifications.cycle = first_meetings.cycle
    left join opportunities
        on qualifications.person_id = opportunities.person_id and qualifications.cycle = opportunities.cycle

),

-- the contract's conditions for an SQL, each with the time at which it was met
condition_times as (

    select
        first_times.person_id,
        first_times.cycle,
        sql_terms.sql_mode,
        case sql_conditions.condition
            when 'connected' then first_times.connected_at
            when 'accepted' then first_times.accepted_at
            when 'meeting_confirmed' then first_times.meeting_confirmed_at
            when 'opportunity_created' then first_times.opportunity_at
            when 'qualified_status' then first_times.qualified_status_at
        end as met_at
    from first_times
    inner join sql_terms on first_times.handoff_version = sql_terms.version
    inner join sql_conditions on first_times.handoff_version = sql_conditions.version

),

sales_qualified as (

    select
        person_id,
        cycle,
        case
            when sql_mode = 'any_of' then min(met_at)
            when count(*) = count(met_at) then max(met_at)
        end as sql_at
    from condition_times
    group by person_id, cycle, sql_mode

)

select
    first_times.*,
    sales_qualified.sql_at,
    least(first_times.accepted_at, first_times.rejected_at, sales_qualified.sql_at) as disposition_at,
    least(
        first_times.connected_at,
        first_times.accepted_at,
        first_times.rejected_at,
        sales_qualified.sql_at,
        first_times.opportunity_at
    ) as stopped_at

from first_times
left join sales_qualified
    on first_times.person_id = sales_qualified.person_id and first_times.cycle = sales_qualified.cycle
