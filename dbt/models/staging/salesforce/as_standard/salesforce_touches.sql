-- A campaign member's response. What kind of touch it was and what about, `sources.yml` says, by the campaign's id, its
-- name or its type, or by the member's status. Salesforce tells its day only.
{% set words = ['by_id', 'by_name', 'by_type', 'by_status'] %}
with

known as (

    select * from {{ ref('stg_salesforce__campaign_members') }}
    where updated_at is null or updated_at < {{ complete_through() }}

),

current_members as (

    select * from known
    {{ keep_current_record(['member_id'], updated_at='updated_at') }}

),

campaigns as (

    select * from {{ ref('stg_salesforce__campaigns') }}
    {{ keep_current_record(['campaign_id']) }}

),

responses as (

    select
        current_members.member_id,
        current_members.who_id,
        current_members.campaign_id,
        current_members.campaign_id as by_id,
        campaigns.campaign_name as by_name,
        campaigns.campaign_type as by_type,
        current_members.member_status as by_status,
        current_members.responded_date,
        {{ provenance('current_members') }}
    from current_members
    left join campaigns on current_members.campaign_id = campaigns.campaign_id
    where current_members.has_responded and current_members.responded_date is not null and not current_members.is_deleted

),

contract_days as (

    {{ contract_days() }}

),

people as (

    select * from {{ ref('salesforce_people') }}

),

touch_types as (

    {{ words_of('touch_type') }}

),

content_types as (

    {{ words_of('content_type') }}

)

select
    'member:' || responses.member_id as touch_id,
    {{ lead_of('responses.who_id', 'people') }} as lead_id,
    {{ unknown_contact('responses.who_id', 'people') }} as contact_id,
    {{ end_of_day('responses.responded_date', 'contract_days') }} as occurred_at,
    {{ first_meaning('touch_type', words, "'other'") }} as touch_type,
    {{ first_meaning('content_type', words, 'null') }} as content_type,
    responses.campaign_id,
    {{ provenance('responses') }}

from responses
left join people on responses.who_id = people.who_id
left join contract_days on responses.responded_date = contract_days.local_date
{{ join_meanings('touch_type', words, 'responses') }}
{{ join_meanings('content_type', words, 'responses') }}
