-- Words of HubSpot's that nothing gives a meaning to. They are never guessed at: this is what is said of them.
{% set words = ['by_id', 'by_title', 'by_page', 'by_address'] %}
with

touch_types as (

    {{ words_of('touch_type') }}

),

content_types as (

    {{ words_of('content_type') }}

),

dispositions as (

    {{ words_of('disposition') }}

),

statuses as (

    {{ words_of('meeting_status') }}

),

stages as (

    {{ words_of('deal_stage') }}

),

pipeline_stages as (

    select
        _source,
        stage_id
    from {{ ref('stg_hubspot__deal_pipeline_stages') }}
    group by _source, stage_id

),

interactions as (

    select
        _source,
        'form_submissions' as object_name,
        form_id as by_id,
        form_title as by_title,
        page_id as by_page,
        {{ page_address('page_url') }} as by_address
    from {{ ref('stg_hubspot__form_submissions') }}

    union all

    select
        _source,
        'email_events' as object_name,
        email_campaign_id as by_id,
        cast(null as varchar) as by_title,
        cast(null as varchar) as by_page,
        {{ page_address('page_url') }} as by_address
    from {{ ref('stg_hubspot__email_events') }}
    where event_type in ('open', 'click') and not is_filtered

    union all

    select
        _source,
        'marketing_event_participations' as object_name,
        marketing_event_id as by_id,
        cast(null as varchar) as by_title,
        cast(null as varchar) as by_page,
        cast(null as varchar) as by_address
    from {{ ref('stg_hubspot__marketing_event_participations') }}
    where attendance_state = 'attended'

    union all

    select
        _source,
        'web_events' as object_name,
        cast(null as varchar) as by_id,
        cast(null as varchar) as by_title,
        page_id as by_page,
        {{ page_address('page_url') }} as by_address
    from {{ ref('stg_hubspot__web_events') }}
    where event_type = 'e_visited_page'

),

occurrences as (

    select
        interactions._source,
        interactions.object_name,
        'content_types' as setting,
        coalesce(interactions.by_id, interactions.by_page, interactions.by_address, interactions.by_title) as word,
        interactions.by_title as label,
        {{ first_meaning('touch_type', words, first_meaning('content_type', words, 'null')) }} as meaning
    from interactions
    {{ join_meanings('touch_type', words, 'interactions') }}
    {{ join_meanings('content_type', words, 'interactions') }}

    union all

    select
        calls._source,
        'calls' as object_name,
        'dispositions' as setting,
        calls.disposition as word,
        cast(null as varchar) as label,
        dispositions.meaning
    from {{ ref('stg_hubspot__calls') }} as calls
    {{ means('dispositions', 'calls', 'calls.disposition') }}
    where {{ of_crm('calls') }}

    union all

    select
        meetings._source,
        'meetings' as object_name,
        'meeting_statuses' as setting,
        coalesce(meetings.outcome, '(none)') as word,
        cast(null as varchar) as label,
        statuses.meaning
    from {{ ref('stg_hubspot__meetings') }} as meetings
    {{ means('statuses', 'meetings', "coalesce(meetings.outcome, '(none)')") }}
    where {{ of_crm('meetings') }} and (meetings.outcome is not null or meetings.scheduled_at < {{ complete_through() }})

    union all

    select
        deals._source,
        'deals' as object_name,
        'deal_stages' as setting,
        deals.stage_id as word,
        deals.pipeline_id as label,
        coalesce(
            in_pipeline.meaning,
            stages.meaning,
            case when deals.is_closed is not null or pipeline_stages.stage_id is not null then 'told' end
        ) as meaning
    from {{ ref('stg_hubspot__deals') }} as deals
    left join pipeline_stages on deals._source = pipeline_stages._source and deals.stage_id = pipeline_stages.stage_id
    left join stages as in_pipeline
        on
            deals._source = in_pipeline.source
            and {{ comparable("deals.pipeline_id || '/' || deals.stage_id") }} = in_pipeline.word
    {{ means('stages', 'deals', 'deals.stage_id') }}
    where {{ of_crm('deals') }}

    union all

    -- whoever owns leads and is of no sales team hands nothing off
    select
        leads._source,
        'owners' as object_name,
        'sales_departments' as setting,
        coalesce(users.department, '(none)') as word,
        cast(null as varchar) as label,
        case when {{ comparable('users.department') }} = 'sales' then 'sales' end as meaning
    from {{ ref('hubspot_leads') }} as leads
    inner join {{ ref('hubspot_users') }} as users on leads.owner_id = users.user_id

)

{{ counted_words('occurrences') }}
