with

versions as (

    {{ record_versions('hubspot_deals', 'id', 'hs_lastmodifieddate') }}

)

select
    id as deal_id,
    contact_id,
    hubspot_owner_id as owner_id,
    pipeline as pipeline_id,
    dealstage as stage_id,
    deal_currency_code as currency,
    amount,
    hs_is_closed as is_closed,
    hs_is_closed_won as is_won,
    is_gone as is_deleted,
    createdate as created_at,
    closedate as closed_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
