-- One row per commitment and period that is stated otherwise than it was last published: as it is now, or without any
-- figure where it is stated no more. `history` holds the published rows in order, `current` what is stated now.
with

last_published as (

    select * from history
    qualify row_number() over (partition by period, commitment_id order by publication_order desc) = 1

),

stated as (

    select current.*
    from current
    left join last_published
        on current.period = last_published.period and current.commitment_id = last_published.commitment_id
    where
        last_published.commitment_id is null
        or current.owner is distinct from last_published.owner
        or current.metric is distinct from last_published.metric
        or current.contract_version is distinct from last_published.contract_version
        or current.comparison is distinct from last_published.comparison
        or current.target is distinct from last_published.target
        or current.actual is distinct from last_published.actual
        or current.met is distinct from last_published.met
        or current.breached is distinct from last_published.breached
        or current.pending is distinct from last_published.pending
        or current.due is distinct from last_published.due
        or current.worst is distinct from last_published.worst
        or current.best is distinct from last_published.best
        or current.projection is distinct from last_published.projection
        or current.attainment is distinct from last_published.attainment
        or current.status is distinct from last_published.status
        or current.final is distinct from last_published.final

),

withdrawn as (

    select
        last_published.period,
        last_published.commitment_id,
        last_published.owner,
        last_published.metric,
        last_published.contract_version,
        last_published.comparison,
        as_of.complete_through
    from last_published
    cross join as_of
    where
        last_published.status is not null
        and not exists (
            select 1 from current
            where
                current.period = last_published.period and current.commitment_id = last_published.commitment_id
        )

)

select * from stated

union all by name

select * from withdrawn
order by period, commitment_id
