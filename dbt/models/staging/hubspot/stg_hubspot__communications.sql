with

versions as (

    {{ record_versions('hubspot_communications', 'id', 'hs_lastmodifieddate') }}

)

select
    id as communication_id,
    contact_id,
    hubspot_owner_id as owner_id,
    lower(hs_communication_channel_type) as channel,
    is_gone as is_deleted,
    hs_timestamp as occurred_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
