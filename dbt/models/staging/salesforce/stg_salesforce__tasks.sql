with

versions as (

    {{ record_versions('salesforce_tasks', 'id', 'last_modified_date') }}

)

select
    id as task_id,
    who_id,
    what_id,
    owner_id,
    type as task_type,
    task_subtype,
    call_disposition as disposition,
    lower(call_type) as call_type,
    coalesce(is_closed, completed_date_time is not null or lower(status) = 'completed', false) as is_completed,
    is_gone as is_deleted,
    activity_date,
    completed_date_time as completed_at,
    version_at as updated_at,
    {{ provenance() }}

from versions
