-- Whose a lead was, and since when.
with

states as (

    select * from {{ ref('int_lead_states') }}
    where field_name = 'owner_id'

),

users as (

    select * from {{ ref('stg_users') }}

)

select
    states.lead_id,
    states.person_id,
    states.field_value as owner_id,
    coalesce(users.is_rep, false) as is_owned_by_rep,
    states.is_first,
    states.valid_from,
    states.valid_to

from states
left join users on states.field_value = users.user_id
