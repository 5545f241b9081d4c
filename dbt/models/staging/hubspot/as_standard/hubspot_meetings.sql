-- A deleted meeting never was one. One without an outcome is planned, or what sources.yml says of `(none)` once its time
-- has come.
with

versions as (

    select * from {{ ref('stg_hubspot__meetings') }}
    where updated_at < {{ complete_through() }} and {{ of_crm() }}

),

current_meetings as (

    select * from versions
    {{ keep_current_record(['meeting_id'], updated_at='updated_at') }}

),

people as (

    select * from {{ ref('hubspot_engagement_people') }}

),

statuses as (

    {{ words_of('meeting_status') }}

)

select
    case
        when people.contact_id is null then 'meeting:' || versions.meeting_id
        else 'meeting:' || versions.meeting_id || ':' || people.contact_id
    end as meeting_id,
    cast(null as varchar) as lead_id,
    coalesce(people.contact_id, versions.contact_id) as contact_id,
    versions.owner_id as user_id,
    versions.created_at,
    versions.scheduled_at,
    {{ confirmed_by_default('versions.outcome', 'versions.scheduled_at', 'statuses.meaning') }} as confirmed_at,
    {{ meeting_status('versions.outcome', 'versions.scheduled_at', 'statuses.meaning') }} as status,
    versions.updated_at,
    {{ provenance('versions') }}

from versions
inner join current_meetings on versions.meeting_id = current_meetings.meeting_id and not current_meetings.is_deleted
left join people on versions.meeting_id = people.engagement_id
{{ means('statuses', 'versions', "coalesce(versions.outcome, '(none)')") }}
