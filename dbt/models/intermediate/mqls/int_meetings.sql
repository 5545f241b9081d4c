-- Meetings by their latest version, with the moment at which they were confirmed.
with

versions as (

    select * from {{ ref('stg_meeting_versions') }}

),

latest as (

    select * from versions
    qualify row_number() over (partition by meeting_id order by updated_at desc) = 1

),

first_confirmed as (

    select
        meeting_id,
        min(updated_at) as seen_confirmed_at
    from versions
    where status in ('confirmed', 'held')
    group by meeting_id

),

meetings as (

    select
        latest.meeting_id,
        latest.lead_id,
        latest.contact_id,
        -- without its own date, a meeting was confirmed when it was first seen so, or when it took place if that is earlier
        case
            when latest.confirmed_at < {{ complete_through() }} then latest.confirmed_at
            when latest.confirmed_at is null and first_confirmed.seen_confirmed_at is not null
                then least(first_confirmed.seen_confirmed_at, latest.scheduled_at)
        end as confirmed_at,
        case
            when latest.status = 'held' and latest.scheduled_at < {{ complete_through() }} then latest.scheduled_at
        end as held_at
    from latest
    left join first_confirmed on latest.meeting_id = first_confirmed.meeting_id

),

meetings_of_people as (

    {{ events_of_people('meetings') }}

)

select
    meeting_id,
    person_id,
    confirmed_at,
    held_at

from meetings_of_people
