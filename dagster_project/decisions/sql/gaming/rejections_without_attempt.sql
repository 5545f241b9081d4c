-- One row per rejected MQL: found where nobody had tried to reach the person, nor had heard of them, by then.
select
    person_id || ' ' || cycle as case_id,
    (first_attempt_at is null or first_attempt_at > rejected_at)
    and (connected_at is null or connected_at > rejected_at) as is_found,
    cast(null as double) as usual_share

from intermediate.int_mqls
where rejected_at is not null
