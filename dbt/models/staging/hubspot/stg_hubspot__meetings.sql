with

versions as (

    {{ record_versions('hubspot_meetings', 'id', 'hs_lastmodifieddate') }}

)

select
    id as meeting_id,
    contact_id,
    hubspot_owner_id as owner_id,
    hs_meeting_outcome as outcome,
    is_gone as is_deleted,
    hs_createdate as created_at,
    hs_meeting_start_time as scheduled_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
