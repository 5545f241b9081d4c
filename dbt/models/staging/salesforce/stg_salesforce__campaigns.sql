with

delivered as (

    select * from {{ source('extracts', 'salesforce_campaigns') }}

)

select
    id as campaign_id,
    name as campaign_name,
    type as campaign_type,
    currency_iso_code as currency,
    actual_cost as spent_in_total,
    {{ is_gone('salesforce') }} as is_deleted,
    start_date as started_date,
    end_date as ended_date,
    last_modified_date as updated_at,
    {{ provenance() }}

from delivered
