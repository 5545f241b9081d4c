with

delivered as (

    select * from {{ source('extracts', 'hubspot_form_submissions') }}

)

select
    conversion_id as submission_id,
    contact_id,
    form_id,
    title as form_title,
    page_id,
    page_url,
    campaign_id,
    timestamp as submitted_at,
    {{ provenance() }}

from delivered
