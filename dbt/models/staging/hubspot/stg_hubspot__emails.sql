with

versions as (

    {{ record_versions('hubspot_emails', 'id', 'hs_lastmodifieddate') }}

)

select
    id as email_id,
    contact_id,
    hubspot_owner_id as owner_id,
    lower(hs_email_direction) as email_direction,
    lower(hs_email_status) as email_status,
    hs_sequence_id as sequence_id,
    lower(coalesce(hs_engagement_source, hs_object_source)) as made_by,
    is_gone as is_deleted,
    hs_timestamp as occurred_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
