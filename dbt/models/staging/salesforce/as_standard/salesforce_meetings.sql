-- Events with a person. Of a group's event only the one that the others are copies of; a deleted one never was.
with

known as (

    select * from {{ ref('stg_salesforce__events') }}
    where updated_at < {{ complete_through() }} and who_id is not null and not is_copy

),

current_events as (

    select * from known
    {{ keep_current_record(['event_id'], updated_at='updated_at') }}

),

contract_days as (

    {{ contract_days() }}

),

versions as (

    select
        known.event_id,
        known.who_id,
        known.owner_id,
        known.outcome,
        known.created_at,
        coalesce(known.scheduled_at, {{ end_of_day('known.activity_date', 'contract_days') }}) as scheduled_at,
        known.updated_at,
        {{ provenance('known') }}
    from known
    inner join current_events on known.event_id = current_events.event_id and not current_events.is_deleted
    left join contract_days on known.activity_date = contract_days.local_date

),

people as (

    select * from {{ ref('salesforce_people') }}

),

statuses as (

    {{ words_of('meeting_status') }}

)

select
    versions.event_id as meeting_id,
    {{ lead_of('versions.who_id', 'people') }} as lead_id,
    {{ unknown_contact('versions.who_id', 'people') }} as contact_id,
    versions.owner_id as user_id,
    versions.created_at,
    versions.scheduled_at,
    {{ confirmed_by_default('versions.outcome', 'versions.scheduled_at', 'statuses.meaning') }} as confirmed_at,
    {{ meeting_status('versions.outcome', 'versions.scheduled_at', 'statuses.meaning') }} as status,
    versions.updated_at,
    {{ provenance('versions') }}

from versions
left join people on versions.who_id = people.who_id
{{ means('statuses', 'versions', "coalesce(versions.outcome, '(none)')") }}
