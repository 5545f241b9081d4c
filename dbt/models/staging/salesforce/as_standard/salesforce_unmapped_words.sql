-- Words of Salesforce's that nothing gives a meaning to. They are never guessed at: this is what is said of them.
{% set words = ['by_id', 'by_name', 'by_type', 'by_status'] %}
with

touch_types as (

    {{ words_of('touch_type') }}

),

content_types as (

    {{ words_of('content_type') }}

),

activity_types as (

    {{ words_of('activity_type') }}

),

dispositions as (

    {{ words_of('disposition') }}

),

statuses as (

    {{ words_of('meeting_status') }}

),

campaigns as (

    select * from {{ ref('stg_salesforce__campaigns') }}
    {{ keep_current_record(['campaign_id']) }}

),

responses as (

    select
        members._source,
        members.campaign_id as by_id,
        campaigns.campaign_name as by_name,
        campaigns.campaign_type as by_type,
        members.member_status as by_status
    from {{ ref('stg_salesforce__campaign_members') }} as members
    left join campaigns on members.campaign_id = campaigns.campaign_id
    where members.has_responded and not members.is_deleted

),

tasks as (

    select * from {{ ref('stg_salesforce__tasks') }}
    where is_completed and not is_deleted and who_id is not null

),

occurrences as (

    select
        responses._source,
        'campaign_members' as object_name,
        'touch_types' as setting,
        coalesce(responses.by_type, responses.by_id) as word,
        responses.by_name as label,
        {{ first_meaning('touch_type', words, first_meaning('content_type', words, 'null')) }} as meaning
    from responses
    {{ join_meanings('touch_type', words, 'responses') }}
    {{ join_meanings('content_type', words, 'responses') }}

    union all

    select
        tasks._source,
        'tasks' as object_name,
        'activity_types' as setting,
        coalesce(tasks.task_type, nullif(tasks.task_subtype, 'Task'), '(none)') as word,
        cast(null as varchar) as label,
        coalesce(by_subtype.meaning, activity_types.meaning) as meaning
    from tasks
    left join activity_types as by_subtype
        on tasks._source = by_subtype.source and {{ comparable('tasks.task_subtype') }} = by_subtype.word
    {{ means('activity_types', 'tasks', "coalesce(tasks.task_type, '(none)')") }}

    union all

    select
        tasks._source,
        'tasks' as object_name,
        'dispositions' as setting,
        tasks.disposition as word,
        cast(null as varchar) as label,
        dispositions.meaning
    from tasks
    {{ means('dispositions', 'tasks', 'tasks.disposition') }}

    union all

    select
        events._source,
        'events' as object_name,
        'meeting_statuses' as setting,
        coalesce(events.outcome, '(none)') as word,
        cast(null as varchar) as label,
        statuses.meaning
    from {{ ref('stg_salesforce__events') }} as events
    {{ means('statuses', 'events', "coalesce(events.outcome, '(none)')") }}
    where
        events.who_id is not null
        and not events.is_deleted
        and (events.outcome is not null or events.scheduled_at < {{ complete_through() }})

    union all

    -- whoever owns leads and is of no sales department hands nothing off
    select
        leads._source,
        'users' as object_name,
        'sales_departments' as setting,
        coalesce(users.department, '(none)') as word,
        cast(null as varchar) as label,
        case when {{ comparable('users.department') }} = 'sales' then 'sales' end as meaning
    from {{ ref('salesforce_leads') }} as leads
    inner join {{ ref('salesforce_users') }} as users on leads.owner_id = users.user_id

)

{{ counted_words('occurrences') }}
