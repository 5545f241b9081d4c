-- Salesforce tells a change of owner twice, by ids and by names: names count only where there are no ids, and where one
-- user has the name. Where a lead's history tells no values of a field, its successive versions show the changes.
with

told_rows as (

    select
        *,
        case when field_name in ('owner', 'ownerid') then 'owner_id' else 'status' end as field
    from {{ ref('stg_salesforce__lead_history') }}
    where field_name in ('owner', 'ownerid', 'status') and changed_at < {{ complete_through() }}

),

current_rows as (

    select * from told_rows
    {{ keep_current_record(['history_id']) }}

),

with_ids as (

    select
        *,
        field = 'owner_id' and {{ is_owner_id('coalesce(new_value, old_value)') }} as has_ids
    from current_rows
    where not is_deleted

),

-- an owner's change by ids, or by names where that is all there is
changes as (

    select * from with_ids
    where new_value is not null or old_value is not null
    qualify field = 'status' or has_ids or not bool_or(has_ids) over (partition by lead_id, field, changed_at)

),

names as (

    select
        {{ comparable('user_name') }} as user_name,
        min(user_id) as user_id
    from {{ ref('stg_salesforce__users') }}
    where user_name is not null
    group by {{ comparable('user_name') }}
    having min(user_id) = max(user_id)

),

told as (

    select
        changes.history_id,
        changes.lead_id,
        changes.field,
        case
            when changes.has_ids then {{ short_id('changes.old_value') }}
            when changes.field = 'owner_id' then coalesce(old_names.user_id, changes.old_value)
            else changes.old_value
        end as old_value,
        case
            when changes.has_ids then {{ short_id('changes.new_value') }}
            when changes.field = 'owner_id' then coalesce(new_names.user_id, changes.new_value)
            else changes.new_value
        end as new_value,
        changes.changed_at,
        changes.changed_by_id,
        {{ provenance('changes') }}
    from changes
    left join names as old_names
        on changes.field = 'owner_id' and {{ comparable('changes.old_value') }} = old_names.user_name
    left join names as new_names
        on changes.field = 'owner_id' and {{ comparable('changes.new_value') }} = new_names.user_name

),

told_fields as (

    select
        lead_id,
        field
    from told
    group by lead_id, field

),

versions as (

    select * from {{ ref('salesforce_leads') }}
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

select * from told

union all

select seen.* from seen
left join told_fields on seen.lead_id = told_fields.lead_id and seen.field = told_fields.field
where told_fields.lead_id is null

union all

-- whoever owned a merged lead owns it no longer; where nobody else told of its owner, that was its owner until then
select
    'merged:' || merged.lead_id as history_id,
    merged.lead_id,
    'owner_id' as field,
    current_versions.owner_id as old_value,
    cast(null as varchar) as new_value,
    merged.updated_at as changed_at,
    cast(null as varchar) as changed_by_id,
    {{ provenance('merged') }}
from {{ ref('salesforce_current_leads') }} as merged
inner join current_versions on merged.lead_id = current_versions.lead_id and merged.updated_at = current_versions.updated_at
where merged.is_merged
