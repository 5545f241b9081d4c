-- One row per restated figure and thing that counts in it otherwise than it did: with the people and reps, then and now,
-- whom it is about. `counted_then` and `counted_now` are what figures counted and count, `restated_measures` the measures
-- behind each restated figure.
with

changed as (

    select
        coalesce(counted_then.measure, counted_now.measure) as measure,
        coalesce(counted_then.period, counted_now.period) as period,
        coalesce(counted_then.thing, counted_now.thing) as thing,
        list_distinct([counted_then.person_id, counted_now.person_id]) as people,
        list_distinct([counted_then.rep_id, counted_now.rep_id]) as reps
    from counted_then
    full outer join counted_now
        on
            counted_then.measure = counted_now.measure
            and counted_then.period = counted_now.period
            and counted_then.thing = counted_now.thing
    where counted_then.worth is distinct from counted_now.worth

),

-- a rep's load changes with the MQLs that became or ceased to be the rep's
mqls_of_reps as (

    select
        period,
        unnest(reps) as rep_id,
        people
    from changed
    where measure = 'mql_of_rep'

),

people_of_reps as (

    select
        period,
        rep_id,
        flatten(list(people)) as people
    from mqls_of_reps
    group by period, rep_id

)

select
    restated_measures.period,
    restated_measures.commitment_id,
    changed.measure,
    changed.thing,
    case when changed.measure = 'rep_load' then coalesce(people_of_reps.people, []) else changed.people end as people,
    changed.reps

from restated_measures
inner join changed
    on restated_measures.period = changed.period and restated_measures.measure = changed.measure
left join people_of_reps
    on
        changed.measure = 'rep_load'
        and changed.period = people_of_reps.period
        and list_contains(changed.reps, people_of_reps.rep_id)
