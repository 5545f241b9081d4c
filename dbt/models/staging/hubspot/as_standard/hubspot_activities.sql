-- Calls, e-mails and messages that were made: what is planned, under way or deleted is none.
with

engagements as (

    select
        'call:' || call_id as activity_id,
        call_id as engagement_id,
        contact_id,
        owner_id,
        'call' as activity_type,
        direction,
        disposition,
        case call_status when 'busy' then 'no_answer' when 'no_answer' then 'no_answer' when 'failed' then 'bounced' end
            as outcome_by_status,
        false as is_automated,
        coalesce(call_status, 'completed') in (
            'completed', 'busy', 'no_answer', 'failed', 'missed'
        ) as is_done,
        is_deleted,
        occurred_at,
        updated_at,
        {{ provenance() }}
    from {{ ref('stg_hubspot__calls') }}

    union all

    select
        'email:' || email_id as activity_id,
        email_id as engagement_id,
        contact_id,
        owner_id,
        'email' as activity_type,
        case email_direction when 'email' then 'outbound' when 'incoming_email' then 'inbound' else email_direction end
            as direction,
        cast(null as varchar) as disposition,
        case when email_status in ('bounced', 'failed') then 'bounced' end as outcome_by_status,
        sequence_id is not null or coalesce(made_by in ('sequences', 'workflows', 'automation_platform'), false)
            as is_automated,
        coalesce(email_status, 'sent') in ('sent', 'bounced', 'failed') as is_done,
        is_deleted,
        occurred_at,
        updated_at,
        {{ provenance() }}
    from {{ ref('stg_hubspot__emails') }}

    union all

    select
        'message:' || communication_id as activity_id,
        communication_id as engagement_id,
        contact_id,
        owner_id,
        'message' as activity_type,
        cast(null as varchar) as direction,
        cast(null as varchar) as disposition,
        cast(null as varchar) as outcome_by_status,
        false as is_automated,
        true as is_done,
        is_deleted,
        occurred_at,
        updated_at,
        {{ provenance() }}
    from {{ ref('stg_hubspot__communications') }}

),

known as (

    select * from engagements
    where (updated_at is null or updated_at < {{ complete_through() }}) and {{ of_crm() }}

),

current_engagements as (

    select * from known
    {{ keep_current_record(['activity_id'], updated_at='updated_at') }}

),

dispositions as (

    {{ words_of('disposition') }}

),

people as (

    select * from {{ ref('hubspot_engagement_people') }}

)

select
    case
        when people.contact_id is null then current_engagements.activity_id
        else current_engagements.activity_id || ':' || people.contact_id
    end as activity_id,
    cast(null as varchar) as lead_id,
    coalesce(people.contact_id, current_engagements.contact_id) as contact_id,
    current_engagements.owner_id as user_id,
    current_engagements.activity_type,
    current_engagements.direction,
    current_engagements.occurred_at,
    coalesce(dispositions.meaning, current_engagements.disposition, current_engagements.outcome_by_status) as outcome,
    current_engagements.is_automated,
    cast(null as varchar) as opportunity_id,
    false as is_day_precise,
    {{ provenance('current_engagements') }}

from current_engagements
left join people on current_engagements.engagement_id = people.engagement_id
{{ means('dispositions', 'current_engagements', 'current_engagements.disposition') }}
where current_engagements.is_done and not current_engagements.is_deleted
