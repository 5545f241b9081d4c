-- What the property history tells; for a lead of whose field it tells nothing, what its successive versions show.
with

properties as (

    select
        contact_id as lead_id,
        case property_name when 'hubspot_owner_id' then 'owner_id' else 'status' end as field,
        property_value,
        changed_at,
        {{ provenance() }}
    from {{ ref('stg_hubspot__contact_property_history') }}
    where
        property_name in ('hubspot_owner_id', 'hs_lead_status')
        and changed_at < {{ complete_through() }}
        and {{ of_crm() }}

),

current_properties as (

    select * from properties
    {{ keep_current_record(['lead_id', 'field', 'changed_at']) }}

),

told as (

    select
        lead_id,
        field,
        max(property_value) is not null as has_values
    from current_properties
    group by lead_id, field

),

versions as (

    select * from {{ ref('hubspot_leads') }}
    where updated_at < {{ complete_through() }}

),

current_versions as (

    select * from versions
    {{ keep_current_record(['lead_id', 'updated_at']) }}

),

owners_seen as (

    {{ changes_seen('current_versions', 'owner_id') }}

),

statuses_seen as (

    {{ changes_seen('current_versions', 'status') }}

),

seen as (

    select * from owners_seen
    union all
    select * from statuses_seen

)

select
    'property:' || current_properties.lead_id || ':' || current_properties.field || ':'
    || cast(current_properties.changed_at as varchar) as history_id,
    current_properties.lead_id,
    current_properties.field,
    lag(current_properties.property_value) over (
        partition by current_properties.lead_id, current_properties.field order by current_properties.changed_at
    ) as old_value,
    current_properties.property_value as new_value,
    current_properties.changed_at,
    cast(null as varchar) as changed_by_id,
    {{ provenance('current_properties') }}
from current_properties
inner join told
    on current_properties.lead_id = told.lead_id and current_properties.field = told.field and told.has_values

union all

select seen.* from seen
left join told on seen.lead_id = told.lead_id and seen.field = told.field and told.has_values
where told.lead_id is null

union all

-- whoever owned a merged lead owns it no longer
select
    'merged:' || merged.contact_id as history_id,
    merged.contact_id as lead_id,
    'owner_id' as field,
    cast(null as varchar) as old_value,
    cast(null as varchar) as new_value,
    merged.updated_at as changed_at,
    cast(null as varchar) as changed_by_id,
    {{ provenance('merged') }}
from {{ ref('hubspot_contact_versions') }} as merged
inner join told on merged.contact_id = told.lead_id and told.field = 'owner_id' and told.has_values
where merged.merged_into_contact_id is not null
