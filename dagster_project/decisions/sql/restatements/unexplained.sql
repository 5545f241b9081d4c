-- One row per restated figure of which something counts otherwise, or everything does, without a changed record that
-- concerns it.
with

unexplained_things as (

    select
        changed_things.period,
        changed_things.commitment_id
    from changed_things
    where not exists (
        select 1 from concerned
        where
            concerned.period = changed_things.period
            and concerned.commitment_id = changed_things.commitment_id
            and concerned.measure = changed_things.measure
            and concerned.thing = changed_things.thing
    )

),

without_things as (

    select
        period,
        commitment_id
    from restated
    where not exists (
        select 1 from changed_things
        where changed_things.period = restated.period and changed_things.commitment_id = restated.commitment_id
    )

)

select period, commitment_id from unexplained_things

union

select period, commitment_id from without_things
