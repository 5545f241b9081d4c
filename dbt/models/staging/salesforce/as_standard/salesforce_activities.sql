-- Completed tasks that are a call, an e-mail, a message or a meeting: what is planned or deleted is none, nor is what
-- nobody says is one of these. A task that tells its day only counts at the end of that local day.
with

known as (

    select * from {{ ref('stg_salesforce__tasks') }}
    where updated_at is null or updated_at < {{ complete_through() }}

),

current_tasks as (

    select * from known
    {{ keep_current_record(['task_id'], updated_at='updated_at') }}

),

done as (

    select * from current_tasks
    where
        is_completed
        and not is_deleted
        and who_id is not null
        and (completed_at is not null or activity_date is not null)

),

activity_types as (

    {{ words_of('activity_type') }}

),

dispositions as (

    {{ words_of('disposition') }}

),

contract_days as (

    {{ contract_days() }}

),

people as (

    select * from {{ ref('salesforce_people') }}

)

select
    done.task_id as activity_id,
    {{ lead_of('done.who_id', 'people') }} as lead_id,
    {{ unknown_contact('done.who_id', 'people') }} as contact_id,
    done.owner_id as user_id,
    coalesce(by_subtype.meaning, by_type.meaning) as activity_type,
    done.call_type as direction,
    coalesce(done.completed_at, {{ end_of_day('done.activity_date', 'contract_days') }}) as occurred_at,
    coalesce(dispositions.meaning, done.disposition) as outcome,
    coalesce({{ comparable('done.task_subtype') }} in ('listemail', 'cadence'), false) as is_automated,
    case when done.what_id like '006%' then done.what_id end as opportunity_id,
    done.completed_at is null as is_day_precise,
    {{ provenance('done') }}

from done
left join activity_types as by_subtype
    on done._source = by_subtype.source and {{ comparable('done.task_subtype') }} = by_subtype.word
left join activity_types as by_type
    on done._source = by_type.source and {{ comparable("coalesce(done.task_type, '(none)')") }} = by_type.word
{{ means('dispositions', 'done', 'done.disposition') }}
left join people on done.who_id = people.who_id
left join contract_days on done.activity_date = contract_days.local_date
where coalesce(by_subtype.meaning, by_type.meaning) is not null
