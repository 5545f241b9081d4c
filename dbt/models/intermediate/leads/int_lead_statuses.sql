-- Each status of a lead by the groups of the contract, read under the version in force when the lead came into it.
with

states as (

    select
        *,
        {{ comparable('field_value') }} as status,
        {{ comparable('previous_value') }} as previous_status
    from {{ ref('int_lead_states') }}
    where field_name = 'status'

),

versions as (

    select * from {{ source('raw', 'contract_versions') }}

),

status_groups as (

    select
        version,
        status_group,
        {{ comparable('status') }} as status
    from {{ source('raw', 'contract_statuses') }}

)

select
    states.lead_id,
    states.person_id,
    status_groups.status_group,
    states.valid_from,
    states.valid_to,
    -- entered: the group changed from another to this one; a lead created in it did not enter it
    not states.is_first and previous_groups.status_group is null as is_entry

from states
inner join versions on {{ read_under('versions', 'states.valid_from') }}
inner join status_groups on versions.version = status_groups.version and states.status = status_groups.status
left join status_groups as previous_groups
    on
        versions.version = previous_groups.version
        and status_groups.status_group = previous_groups.status_group
        and states.previous_status = previous_groups.status
        and not states.is_first
