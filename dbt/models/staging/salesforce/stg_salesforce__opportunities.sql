with

versions as (

    {{ record_versions('salesforce_opportunities', 'id', 'last_modified_date') }}

)

select
    id as opportunity_id,
    owner_id,
    stage_name,
    currency_iso_code as currency,
    amount,
    is_closed,
    is_won,
    is_gone as is_deleted,
    close_date,
    created_date as created_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
