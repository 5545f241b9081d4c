with

delivered as (

    select * from {{ source('extracts', 'hubspot_deal_pipeline_stages') }}

)

select
    stage_id,
    pipeline_id,
    label as stage_name,
    coalesce(is_closed, closed_won) as is_closed,
    closed_won as is_won,
    {{ is_gone('hubspot') }} as is_deleted,
    {{ provenance() }}

from delivered
