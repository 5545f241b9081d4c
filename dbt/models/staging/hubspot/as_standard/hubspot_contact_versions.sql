-- A merged contact is not delivered again: its last version is the merge, with what was known of it before.
with

versions as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

known_merges as (

    select * from {{ ref('hubspot_merges') }}

),

last_known as (

    select versions.* from versions
    inner join known_merges on versions.contact_id = known_merges.merged_id
    where versions.updated_at < {{ complete_through() }}
    qualify row_number() over (
        partition by versions.contact_id
        order by
            versions.updated_at desc,
            versions._extract_date desc,
            versions._part desc nulls last,
            versions._line desc,
            versions._source desc
    ) = 1

),

merged as (

    select
        known_merges.merged_id as contact_id,
        known_merges.survivor_id as merged_into_contact_id,
        last_known.email,
        last_known.job_title,
        last_known.industry,
        last_known.company,
        last_known.employee_count,
        last_known.country,
        last_known.attributes,
        cast(null as varchar) as owner_id,
        last_known.status,
        false as is_deleted,
        coalesce(last_known.created_at, known_merges.survivor_created_at) as created_at,
        greatest(known_merges.merged_at, coalesce(last_known.updated_at, known_merges.merged_at)) as updated_at,
        last_known.declared_mql_at,
        {{ provenance('known_merges') }}
    from known_merges
    left join last_known on known_merges.merged_id = last_known.contact_id

)

select
    versions.contact_id,
    cast(null as varchar) as merged_into_contact_id,
    versions.email,
    versions.job_title,
    versions.industry,
    versions.company,
    versions.employee_count,
    versions.country,
    versions.attributes,
    versions.owner_id,
    versions.status,
    versions.is_deleted,
    versions.created_at,
    versions.updated_at,
    versions.declared_mql_at,
    {{ provenance('versions') }}
from versions
left join merged on versions.contact_id = merged.contact_id and versions.updated_at = merged.updated_at
where merged.contact_id is null

union all

select * from merged
