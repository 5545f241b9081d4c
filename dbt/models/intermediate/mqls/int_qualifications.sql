{{ config(materialized='incremental', incremental_strategy='by_person') }}
-- The first moment of each cycle at which the person met the definition in force, by score or as declared.
with

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}

),

cycles as (

    select * from {{ ref('int_cycles') }}

),

scored as (

    select
        cycles.person_id,
        cycles.cycle,
        scores.version,
        scores.happened_at as qualified_at,
        scores.score
    from {{ ref('int_scores') }} as scores
    inner join cycles on scores.cycle_key = cycles.cycle_key
    inner join contract_versions
        on
            scores.version = contract_versions.version
            and {{ in_force('contract_versions', 'scores.happened_at') }}
    where
        scores.required_missed = 0
        and scores.score >= contract_versions.threshold
        and (
            cycles.starts_at is null
            or scores.happened_at
            >= {{ add_microseconds('cycles.starts_at', 'contract_versions.requalify_after_microseconds') }}
        )

),

declarations as (

    select
        people_contacts.person_id,
        versions.declared_mql_at
    from {{ ref('stg_contact_versions') }} as versions
    inner join {{ ref('int_people_contacts') }} as people_contacts on versions.contact_id = people_contacts.contact_id
    where versions.declared_mql_at < {{ complete_through() }} and {{ is_affected('people_contacts') }}

),

declared as (

    select
        declarations.person_id,
        cycles.cycle,
        contract_versions.version,
        declarations.declared_mql_at as qualified_at,
        cast(null as decimal(38, 6)) as score
    from declarations
    inner join cycles
        on
            declarations.person_id = cycles.person_id
            and {{ within('declarations.declared_mql_at', 'cycles.starts_at', 'cycles.ends_at') }}
    inner join contract_versions
        on
            contract_versions.basis = 'declared'
            and {{ in_force('contract_versions', 'declarations.declared_mql_at') }}

),

qualified as (

    select
        *,
        'scored' as basis
    from scored

    union all

    select
        *,
        'declared' as basis
    from declared

)

select
    person_id,
    cycle,
    version,
    basis,
    score,
    qualified_at

from qualified
qualify row_number() over (partition by person_id, cycle order by qualified_at) = 1
