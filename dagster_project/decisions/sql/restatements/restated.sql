-- One row per final figure that is stated otherwise now. `changes` are the rows of published_changes, `history` the
-- published rows in order. That the deadline of what was decided has passed since is no other figure.
with

last_published as (

    select * from history
    qualify row_number() over (partition by period, commitment_id order by publication_order desc) = 1

)

select
    changes.period,
    changes.commitment_id,
    changes.owner,
    changes.metric,
    last_published.published_at as old_published_at,
    last_published.contract_version as old_contract_version,
    changes.contract_version as new_contract_version,
    last_published.comparison as old_comparison,
    changes.comparison as new_comparison,
    last_published.target as old_target,
    changes.target as new_target,
    last_published.actual as old_actual,
    changes.actual as new_actual,
    last_published.met as old_met,
    changes.met as new_met,
    last_published.breached as old_breached,
    changes.breached as new_breached,
    changes.pending as new_pending,
    last_published.status as old_status,
    changes.status as new_status

from changes
inner join last_published
    on changes.period = last_published.period and changes.commitment_id = last_published.commitment_id
where
    last_published.final
    and (
        changes.contract_version is distinct from last_published.contract_version
        or changes.comparison is distinct from last_published.comparison
        or changes.target is distinct from last_published.target
        or changes.actual is distinct from last_published.actual
        or changes.met is distinct from last_published.met
        or changes.breached is distinct from last_published.breached
        or changes.pending is distinct from last_published.pending
        or changes.status is distinct from last_published.status
        or changes.final is distinct from last_published.final
    )
order by changes.period, changes.commitment_id
