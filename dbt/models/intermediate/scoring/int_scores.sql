-- The score of a person's cycle under each contract version at every instant at which something happened.
with

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}
    where basis = 'scored'

),

cycles as (

    select cycles.* from {{ ref('int_cycles') }} as cycles
    where {{ is_affected('cycles') }}

),

fit_in_cycles as (

    select
        cycles.cycle_key,
        fit.version,
        fit.fit_points,
        fit.required_missed,
        -- a record in force when the cycle starts is no event of the cycle; the first record is in force from the beginning
        case
            when fit.is_first_record then cycles.starts_at
            else greatest(fit.updated_at, cycles.starts_at)
        end as valid_from,
        case when {{ within('fit.updated_at', 'cycles.starts_at', 'cycles.ends_at') }} then fit.updated_at end as happened_at,
        fit.updated_at
    from cycles
    inner join {{ ref('int_person_fit') }} as fit on cycles.person_id = fit.person_id
    where
        (cycles.ends_at is null or fit.is_first_record or fit.updated_at < cycles.ends_at)
        and (cycles.starts_at is null or fit.valid_to is null or fit.valid_to > cycles.starts_at)

),

fit_changes as (

    select
        *,
        fit_points - lag(fit_points, 1, 0) over cycle_records as points_change,
        required_missed - lag(required_missed, 1, 0) over cycle_records as missed_change
    from fit_in_cycles
    window cycle_records as (partition by cycle_key, version order by updated_at)

),

changes as (

    select
        cycle_key,
        version,
        valid_from as changed_at,
        points_change,
        missed_change,
        false as something_happened
    from fit_changes

    union all

    select
        cycle_key,
        version,
        happened_at as changed_at,
        0 as points_change,
        0 as missed_change,
        true as something_happened
    from fit_changes
    where happened_at is not null

    union all

    select
        touches.cycle_key,
        contract_versions.version,
        touches.occurred_at as changed_at,
        0 as points_change,
        0 as missed_change,
        true as something_happened
    from {{ ref('int_person_touches') }} as touches
    inner join contract_versions on {{ in_force('contract_versions', 'touches.occurred_at') }}

    union all

    select
        cycle_key,
        version,
        changed_at,
        points_change,
        0 as missed_change,
        false as something_happened
    from {{ ref('int_engagement_changes') }}

),

changes_by_instant as (

    select
        cycle_key,
        version,
        changed_at,
        sum(points_change) as points_change,
        cast(sum(missed_change) as integer) as missed_change,
        bool_or(something_happened) as something_happened
    from changes
    group by cycle_key, version, changed_at

),

scores as (

    select
        cycle_key,
        version,
        changed_at,
        something_happened,
        sum(points_change) over so_far as score,
        sum(missed_change) over so_far as required_missed
    from changes_by_instant
    window so_far as (
        partition by cycle_key, version order by changed_at nulls first
        rows between unbounded preceding and current row
    )

)

select
    cycle_key,
    version,
    changed_at as happened_at,
    score,
    required_missed

from scores
where something_happened
