-- Runs of a person through the funnel: each moment a lead enters a recycled status ends one and starts the next.
with

people as (

    select person_id from {{ ref('int_people_contacts') }}
    where contact_id = person_id

),

recyclings as (

    select
        person_id,
        valid_from as recycled_at
    from {{ ref('int_lead_statuses') }}
    where status_group = 'recycled' and is_entry
    group by person_id, valid_from

),

starts as (

    select
        person_id,
        cast(null as timestamp) as starts_at
    from people

    union all

    select
        recyclings.person_id,
        recyclings.recycled_at as starts_at
    from recyclings
    inner join people on recyclings.person_id = people.person_id

)

select
    person_id,
    row_number() over (order by person_id, starts_at nulls first) as cycle_key,
    row_number() over (partition by person_id order by starts_at nulls first) as cycle,
    starts_at,
    lead(starts_at) over (partition by person_id order by starts_at nulls first) as ends_at

from starts
