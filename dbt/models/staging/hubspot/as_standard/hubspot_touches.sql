-- What persons did with forms, e-mails, events and pages. What a form or page is about, `sources.yml` says, by its id, its
-- title or its address; the campaign is named by the touch, or by the address that it was called with.
{% set words = ['by_id', 'by_title', 'by_page', 'by_address'] %}
with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}
    where email is not null and updated_at < {{ complete_through() }}

),

current_contacts as (

    select * from contacts
    {{ keep_current_record(['contact_id'], updated_at='updated_at') }}

),

-- an e-mail is one contact's in HubSpot; of several delivered with it, the oldest
recipients as (

    select
        email,
        contact_id
    from current_contacts
    qualify row_number() over (partition by email order by created_at, contact_id) = 1

),

interactions as (

    select
        'form:' || submission_id as touch_id,
        contact_id,
        cast(null as varchar) as recipient_email,
        'form_submission' as usual_type,
        form_id as by_id,
        form_title as by_title,
        page_id as by_page,
        page_url,
        campaign_id,
        submitted_at as occurred_at,
        {{ provenance() }}
    from {{ ref('stg_hubspot__form_submissions') }}

    union all

    select
        'email:' || event_id as touch_id,
        contact_id,
        case when contact_id is null then recipient_email end as recipient_email,
        case event_type when 'open' then 'email_open' else 'email_click' end as usual_type,
        email_campaign_id as by_id,
        cast(null as varchar) as by_title,
        cast(null as varchar) as by_page,
        page_url,
        campaign_id,
        occurred_at,
        {{ provenance() }}
    from {{ ref('stg_hubspot__email_events') }}
    where event_type in ('open', 'click') and not is_filtered

    union all

    select
        'event:' || participation_id as touch_id,
        contact_id,
        cast(null as varchar) as recipient_email,
        'webinar_attended' as usual_type,
        marketing_event_id as by_id,
        cast(null as varchar) as by_title,
        cast(null as varchar) as by_page,
        cast(null as varchar) as page_url,
        campaign_id,
        occurred_at,
        {{ provenance() }}
    from {{ ref('stg_hubspot__marketing_event_participations') }}
    where attendance_state = 'attended'

    union all

    select
        'page:' || event_id as touch_id,
        contact_id,
        cast(null as varchar) as recipient_email,
        'page_view' as usual_type,
        cast(null as varchar) as by_id,
        cast(null as varchar) as by_title,
        page_id as by_page,
        page_url,
        campaign_id,
        occurred_at,
        {{ provenance() }}
    from {{ ref('stg_hubspot__web_events') }}
    where event_type = 'e_visited_page'

),

addressed as (

    select
        *,
        {{ page_address('page_url') }} as by_address,
        {{ comparable(utm_campaign('page_url')) }} as utm_campaign
    from interactions

),

utm_campaigns as (

    select
        {{ comparable('utm_campaign') }} as utm_campaign,
        min(campaign_id) as campaign_id
    from {{ ref('stg_hubspot__campaigns') }}
    where utm_campaign is not null
    group by {{ comparable('utm_campaign') }}

),

touch_types as (

    {{ words_of('touch_type') }}

),

content_types as (

    {{ words_of('content_type') }}

)

select
    addressed.touch_id,
    cast(null as varchar) as lead_id,
    coalesce(addressed.contact_id, recipients.contact_id) as contact_id,
    addressed.occurred_at,
    {{ first_meaning('touch_type', words, 'addressed.usual_type') }} as touch_type,
    {{ first_meaning('content_type', words, 'null') }} as content_type,
    coalesce(addressed.campaign_id, utm_campaigns.campaign_id) as campaign_id,
    {{ provenance('addressed') }}

from addressed
left join recipients on addressed.recipient_email = recipients.email
left join utm_campaigns on addressed.utm_campaign = utm_campaigns.utm_campaign
{{ join_meanings('touch_type', words, 'addressed') }}
{{ join_meanings('content_type', words, 'addressed') }}
