with

mqls as (

    select * from {{ ref('int_mqls') }}

),

business_intervals as (

    select * from {{ source('raw', 'business_intervals') }}

),

local_days as (

    select * from {{ ref('int_local_days') }}

),

first_campaigns as (

    select * from {{ ref('int_mql_campaign_touches') }}
    qualify row_number() over (partition by person_id, cycle order by occurred_at, touch_id) = 1

),

responses_started as (

    select
        mqls.person_id,
        mqls.cycle,
        mqls.handoff_version,
        mqls.first_attempt_at,
        {{ business_time_at('mqls.handed_off_at', 'business_intervals') }} as business_microseconds_at_handoff
    from mqls
    asof left join business_intervals
        on mqls.handoff_version = business_intervals.version and mqls.handed_off_at >= business_intervals.opens_at
    where mqls.first_attempt_at is not null

),

responses as (

    select
        responses_started.person_id,
        responses_started.cycle,
        {{ seconds(
            business_time_at('responses_started.first_attempt_at', 'business_intervals')
            ~ ' - responses_started.business_microseconds_at_handoff'
        ) }} as first_response_business_seconds
    from responses_started
    asof left join business_intervals
        on
            responses_started.handoff_version = business_intervals.version
            and responses_started.first_attempt_at >= business_intervals.opens_at

)

select
    mqls.person_id,
    cast(mqls.cycle as integer) as cycle,
    mqls.version as contract_version,
    mqls.rep_id,
    mqls.basis,
    mqls.ready_trigger,
    {{ without_contact_details('mqls.rejection_reason') }} as rejection_reason,
    case
        when mqls.won_at is not null then 'won'
        when mqls.opportunity_at is not null then 'opportunity'
        when mqls.sql_at is not null then 'sql'
        when mqls.accepted_at is not null then 'accepted'
        when mqls.connected_at is not null then 'connected'
        when mqls.first_attempt_at is not null then 'contacted'
        when mqls.handed_off_at is not null then 'handed_off'
        when mqls.ready_at is not null then 'ready'
        else 'qualified'
    end as stage,
    coalesce(first_campaigns.campaign_id, '(none)') as first_campaign_id,
    cast(mqls.score as decimal(38, 6)) as score,
    mqls.owner_changes,
    mqls.attempts,
    mqls.opportunities,
    cast(mqls.amount_won as decimal(38, 16)) as amount_won,
    responses.first_response_business_seconds,
    qualified.local_date as qualified_date,
    handed_off.local_date as handed_off_date,
    opportunity.local_date as opportunity_date,
    sales_qualified.local_date as sql_date,
    won.local_date as won_date,
    {{ utc('mqls.qualified_at') }} as qualified_at,
    {{ utc('mqls.ready_at') }} as ready_at,
    {{ utc('mqls.handed_off_at') }} as handed_off_at,
    {{ utc('mqls.first_attempt_at') }} as first_attempt_at,
    {{ utc('mqls.connected_at') }} as connected_at,
    {{ utc('mqls.accepted_at') }} as accepted_at,
    {{ utc('mqls.rejected_at') }} as rejected_at,
    {{ utc('mqls.recycled_at') }} as recycled_at,
    {{ utc('mqls.meeting_confirmed_at') }} as meeting_confirmed_at,
    {{ utc('mqls.qualified_status_at') }} as qualified_status_at,
    {{ utc('mqls.opportunity_at') }} as opportunity_at,
    {{ utc('mqls.sql_at') }} as sql_at,
    {{ utc('mqls.won_at') }} as won_at,
    {{ utc('mqls.lost_at') }} as lost_at,
    {{ utc('mqls.disposition_at') }} as disposition_at,
    {{ utc('mqls.stopped_at') }} as stopped_at

from mqls
left join first_campaigns on mqls.person_id = first_campaigns.person_id and mqls.cycle = first_campaigns.cycle
left join responses on mqls.person_id = responses.person_id and mqls.cycle = responses.cycle
{{ asof_local_days('qualified', 'mqls.qualified_at') }}
{{ asof_local_days('handed_off', 'mqls.handed_off_at') }}
{{ asof_local_days('opportunity', 'mqls.opportunity_at') }}
{{ asof_local_days('sales_qualified', 'mqls.sql_at') }}
{{ asof_local_days('won', 'mqls.won_at') }}
