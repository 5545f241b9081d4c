with

versions as (

    {{ record_versions('hubspot_calls', 'id', 'hs_lastmodifieddate') }}

)

select
    id as call_id,
    contact_id,
    hubspot_owner_id as owner_id,
    lower(hs_call_direction) as direction,
    hs_call_disposition as disposition,
    lower(hs_call_status) as call_status,
    is_gone as is_deleted,
    hs_timestamp as occurred_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
