with

meetings as (

    select * from {{ ref('int_mql_meetings') }}

),

mqls as (

    select * from {{ ref('fct_mqls') }}

),

local_days as (

    select * from {{ ref('int_local_days') }}

)

select
    meetings.meeting_id,
    meetings.person_id,
    cast(meetings.cycle as integer) as cycle,
    meetings.rep_id,
    mqls.contract_version,
    mqls.first_campaign_id,
    confirmed.local_date as confirmed_date,
    {{ utc('meetings.confirmed_at') }} as confirmed_at

from meetings
inner join mqls on meetings.person_id = mqls.person_id and meetings.cycle = mqls.cycle
{{ asof_local_days('confirmed', 'meetings.confirmed_at') }}
