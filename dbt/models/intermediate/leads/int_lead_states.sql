-- Owners and statuses as intervals [valid_from, valid_to). Of several changes at one instant only the last is a state,
-- and a change that leaves the value as it was is none.
with

leads as (

    select
        leads.*,
        people_leads.person_id
    from {{ ref('stg_leads') }} as leads
    inner join {{ ref('int_people_leads') }} as people_leads on leads.lead_id = people_leads.lead_id
    where leads.created_at < {{ complete_through() }}

),

history as (

    select * from {{ ref('stg_lead_history') }}
    where field_name in ('owner_id', 'status')

),

fields as (

    select
        lead_id,
        person_id,
        'owner_id' as field_name,
        owner_id as current_value,
        created_at
    from leads

    union all

    select
        lead_id,
        person_id,
        'status' as field_name,
        status as current_value,
        created_at
    from leads

),

changes as (

    select
        fields.lead_id,
        fields.field_name,
        history.history_id,
        history.old_value,
        history.new_value,
        history.changed_at,
        -- what changed before the lead was created is part of how it was created
        greatest(history.changed_at, fields.created_at) as effective_at,
        row_number() over (
            partition by fields.lead_id, fields.field_name order by history.changed_at, history.history_id
        ) as change_number
    from fields
    inner join history on fields.lead_id = history.lead_id and fields.field_name = history.field_name

),

-- the first value is what the first change replaced, or the current value of a lead that never changed
first_values as (

    select
        fields.lead_id,
        fields.person_id,
        fields.field_name,
        fields.created_at as effective_at,
        case when changes.lead_id is null then fields.current_value else changes.old_value end as field_value
    from fields
    left join changes
        on fields.lead_id = changes.lead_id and fields.field_name = changes.field_name and changes.change_number = 1

),

last_at_each_instant as (

    select
        lead_id,
        field_name,
        effective_at,
        new_value as field_value
    from changes
    qualify row_number() over (
        partition by lead_id, field_name, effective_at order by change_number desc
    ) = 1

),

values_in_time as (

    select
        first_values.lead_id,
        first_values.person_id,
        first_values.field_name,
        first_values.effective_at,
        case
            when at_creation.lead_id is null then first_values.field_value else at_creation.field_value
        end as field_value,
        true as is_first
    from first_values
    left join last_at_each_instant as at_creation
        on
            first_values.lead_id = at_creation.lead_id
            and first_values.field_name = at_creation.field_name
            and first_values.effective_at = at_creation.effective_at

    union all

    select
        last_at_each_instant.lead_id,
        first_values.person_id,
        last_at_each_instant.field_name,
        last_at_each_instant.effective_at,
        last_at_each_instant.field_value,
        false as is_first
    from last_at_each_instant
    inner join first_values
        on
            last_at_each_instant.lead_id = first_values.lead_id
            and last_at_each_instant.field_name = first_values.field_name
            and last_at_each_instant.effective_at > first_values.effective_at

),

with_previous as (

    select
        *,
        lag(field_value) over (partition by lead_id, field_name order by effective_at) as previous_value
    from values_in_time

)

select
    lead_id,
    person_id,
    field_name,
    field_value,
    previous_value,
    is_first,
    effective_at as valid_from,
    lead(effective_at) over (partition by lead_id, field_name order by effective_at) as valid_to

from with_previous
where is_first or field_value is distinct from previous_value
