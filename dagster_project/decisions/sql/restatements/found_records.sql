-- One row per restated figure and changed record that concerns it, with the kind of cause. Where the record came, or
-- went, with a date and part that was delivered again, that is why, unless it says more itself (a merge, a deletion, a
-- user); what is gone without a trace was in a delivery that is in force no more. At most {most} rows of each kind, and
-- how many there are.
with

redelivered as (

    select
        rows_of_records.object,
        rows_of_records.record_id,
        bool_or(deliveries_replaced.cause = 'erasure') as is_erased
    from rows_of_records
    inner join deliveries_replaced
        on
            rows_of_records.source = deliveries_replaced.source
            and rows_of_records.object = deliveries_replaced.object
            and rows_of_records.extract_date = deliveries_replaced.extract_date
            and rows_of_records.part is not distinct from deliveries_replaced.part
    where deliveries_replaced.cause != 'settings'
    group by rows_of_records.object, rows_of_records.record_id

),

pairs as (

    select
        period,
        commitment_id,
        record_number
    from concerned
    group by period, commitment_id, record_number

),

with_causes as (

    select
        pairs.period,
        pairs.commitment_id,
        case
            when redelivered.is_erased then 'erasure'
            when changed_records.cause not in ('late record', 'correction') then changed_records.cause
            when redelivered.record_id is not null or changed_records.is_gone then 're-delivery'
            else changed_records.cause
        end as cause,
        changed_records.object,
        changed_records.record_id,
        case
            when bool_and(changed_records.is_new) then 'new'
            when bool_or(changed_records.is_gone) then 'gone'
            else 'changed'
        end as change
    from pairs
    inner join changed_records on pairs.record_number = changed_records.record_number
    left join redelivered
        on changed_records.object = redelivered.object and changed_records.record_id = redelivered.record_id
    group by all

)

select
    *,
    count(*) over (partition by period, commitment_id, cause) as of_this_cause

from with_causes
qualify row_number() over (partition by period, commitment_id, cause order by object, record_id) <= {most}
order by all
