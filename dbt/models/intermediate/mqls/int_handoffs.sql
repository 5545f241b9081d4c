-- The first moment at which a rep owns a lead of the qualified person, who that is, and until when sales events are
-- this MQL's.
with

mqls as (

    select
        qualifications.*,
        cycles.ends_at as cycle_ends_at,
        lead(qualifications.qualified_at) over (
            partition by qualifications.person_id order by qualifications.qualified_at
        ) as next_qualified_at
    from {{ ref('int_qualifications') }} as qualifications
    inner join {{ ref('int_cycles') }} as cycles
        on qualifications.person_id = cycles.person_id and qualifications.cycle = cycles.cycle

),

rep_owners as (

    select * from {{ ref('int_lead_owners') }}
    where is_owned_by_rep

),

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}

),

owned as (

    select
        mqls.person_id,
        mqls.cycle,
        mqls.next_qualified_at,
        mqls.cycle_ends_at,
        rep_owners.lead_id,
        rep_owners.owner_id,
        rep_owners.valid_from as assigned_at,
        greatest(rep_owners.valid_from, mqls.qualified_at) as handed_off_at
    from mqls
    inner join rep_owners
        on
            mqls.person_id = rep_owners.person_id
            and (mqls.cycle_ends_at is null or rep_owners.valid_from < mqls.cycle_ends_at)
            and (rep_owners.valid_to is null or rep_owners.valid_to > mqls.qualified_at)

),

-- of several leads at that instant, the one most recently assigned, then the smallest id
first_owned as (

    select * from owned
    qualify row_number() over (
        partition by person_id, cycle order by handed_off_at, assigned_at desc, lead_id
    ) = 1

)

select
    first_owned.person_id,
    first_owned.cycle,
    contract_versions.version,
    first_owned.lead_id,
    first_owned.owner_id as rep_id,
    first_owned.handed_off_at,
    first_owned.next_qualified_at as span_ends_at,
    first_owned.cycle_ends_at as recycled_at

from first_owned
inner join contract_versions on {{ in_force('contract_versions', 'first_owned.handed_off_at') }}
