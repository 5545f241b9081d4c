-- One row per candidate threshold and period that is over and began under the version asked about: how many people would
-- have qualified at that threshold, how many of them sales was never given, how many of the others have had their time to
-- become an SQL and how many did in it; and the reps of the period with the most that they may take.
--
-- One pass over the scores: the instants at which a cycle's score rises above all before it are the only ones at which
-- any threshold can be reached first.
with

version as (

    select * from raw.contract_versions
    where version = $version

),

candidates as (

    select unnest(cast($candidates as decimal(18, 6)[])) as threshold

),

-- when somebody could have qualified, whatever the threshold
eligible as (

    select
        cycles.person_id,
        cycles.cycle,
        scores.happened_at,
        scores.score
    from intermediate.int_scores as scores
    inner join version
        on
            scores.version = version.version
            and scores.happened_at >= version.valid_from
            and (version.valid_to is null or scores.happened_at < version.valid_to)
    inner join intermediate.int_cycles as cycles on scores.cycle_key = cycles.cycle_key
    left join intermediate.int_qualifications as qualifications
        on cycles.person_id = qualifications.person_id and cycles.cycle = qualifications.cycle
    where
        scores.required_missed = 0
        and (
            cycles.starts_at is null
            or epoch_us(scores.happened_at) >= epoch_us(cycles.starts_at) + version.requalify_after_microseconds
        )
        -- a cycle holds one MQL: what qualified under an earlier version can't qualify again
        and (qualifications.qualified_at is null or qualifications.qualified_at >= version.valid_from)

),

rising as (

    select
        *,
        max(score) over (
            partition by person_id, cycle order by happened_at rows between unbounded preceding and 1 preceding
        ) as best_before
    from eligible

),

qualified as (

    select
        candidates.threshold,
        rising.person_id,
        rising.cycle,
        rising.happened_at as qualified_at
    from rising
    inner join candidates
        on
            rising.score >= candidates.threshold
            and (rising.best_before is null or rising.best_before < candidates.threshold)

),

sql_obligations as (

    select * from intermediate.int_obligations
    where obligation = 'sql'

),

periods as (

    select period, starts_at, ends_at
    from intermediate.int_periods
    where is_over and contract_version = $version

),

outcomes as (

    select
        qualified.threshold,
        periods.period,
        count(*) as mqls,
        count(*) filter (where mqls.handed_off_at is null) as never_worked,
        count(*) filter (where sql_obligations.has_passed) as decided,
        count(*) filter (where sql_obligations.has_passed and sql_obligations.outcome = 'met') as sqls
    from qualified
    inner join periods on qualified.qualified_at >= periods.starts_at and qualified.qualified_at < periods.ends_at
    left join intermediate.int_mqls as mqls
        on qualified.person_id = mqls.person_id and qualified.cycle = mqls.cycle
    left join sql_obligations
        on qualified.person_id = sql_obligations.person_id and qualified.cycle = sql_obligations.cycle
    group by qualified.threshold, periods.period

),

capacity as (

    select
        period,
        count(*) as reps,
        sum(capacity_max) as workable
    from intermediate.int_rep_load
    group by period

)

select
    candidates.threshold,
    periods.period,
    coalesce(outcomes.mqls, 0) as mqls,
    coalesce(outcomes.never_worked, 0) as never_worked,
    coalesce(outcomes.decided, 0) as decided,
    coalesce(outcomes.sqls, 0) as sqls,
    capacity.reps,
    cast(capacity.workable as bigint) as workable

from candidates
cross join periods
left join outcomes on candidates.threshold = outcomes.threshold and periods.period = outcomes.period
left join capacity on periods.period = capacity.period
order by candidates.threshold, periods.period
