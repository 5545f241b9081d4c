with

versions as (

    {{ record_versions('salesforce_events', 'id', 'last_modified_date') }}

)

select
    id as event_id,
    who_id,
    owner_id,
    status as outcome,
    coalesce(is_child, false) as is_copy,
    is_gone as is_deleted,
    activity_date,
    created_date as created_at,
    start_date_time as scheduled_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
