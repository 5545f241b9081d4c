-- One row per disposition made on time: found where it came in the last tenth of the promised business time.
with

dispositions as (

    select
        obligations.person_id,
        obligations.cycle,
        obligations.contract_version,
        obligations.done_at,
        obligations.due_at,
        versions.disposition_within_microseconds as promised_microseconds
    from intermediate.int_obligations as obligations
    inner join raw.contract_versions as versions on obligations.contract_version = versions.version
    where obligations.obligation = 'disposition' and obligations.outcome = 'met'

),

done as (

    select
        dispositions.*,
        intervals.business_microseconds_before
        + epoch_us(least(dispositions.done_at, intervals.closes_at)) - epoch_us(intervals.opens_at) as done_microseconds
    from dispositions
    asof left join raw.business_intervals as intervals
        on dispositions.contract_version = intervals.version and dispositions.done_at >= intervals.opens_at

),

timed as (

    select
        done.*,
        intervals.business_microseconds_before
        + epoch_us(least(done.due_at, intervals.closes_at)) - epoch_us(intervals.opens_at) as due_microseconds
    from done
    asof left join raw.business_intervals as intervals
        on done.contract_version = intervals.version and done.due_at >= intervals.opens_at

)

select
    person_id || ' ' || cycle as case_id,
    (coalesce(due_microseconds, 0) - coalesce(done_microseconds, 0)) * 10 <= promised_microseconds as is_found,
    -- were they spread evenly over the promised time
    0.1 as usual_share

from timed
