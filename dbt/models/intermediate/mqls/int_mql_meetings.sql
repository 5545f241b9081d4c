-- Meetings confirmed while they were an MQL's.
with

meetings as (

    select * from {{ ref('int_meetings') }}
    where confirmed_at is not null

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

)

select
    meetings.meeting_id,
    handoffs.person_id,
    handoffs.cycle,
    handoffs.rep_id,
    meetings.confirmed_at

from meetings
inner join handoffs
    on
        meetings.person_id = handoffs.person_id
        and {{ within('meetings.confirmed_at', 'handoffs.handed_off_at', 'handoffs.span_ends_at') }}
