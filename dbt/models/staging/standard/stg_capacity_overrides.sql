-- A contract may name a rep of Salesforce by 15 characters or by 18; an id that is nobody's stays as it is written.
with

overrides as (

    select * from {{ source('raw', 'contract_capacity_overrides') }}

),

users as (

    select user_id from {{ ref('stg_users') }}

)

select
    overrides.version,
    coalesce(as_written.user_id, by_short_id.user_id, overrides.rep_id) as rep_id,
    overrides.capacity_min,
    overrides.capacity_max

from overrides
left join users as as_written on overrides.rep_id = as_written.user_id
left join users as by_short_id
    on length(overrides.rep_id) = 18 and {{ short_id('overrides.rep_id') }} = by_short_id.user_id
qualify row_number() over (
    partition by overrides.version, coalesce(as_written.user_id, by_short_id.user_id, overrides.rep_id)
    order by as_written.user_id nulls last, overrides.rep_id
) = 1
