-- What was delivered, and what became of it.
with

in_force as (

    select * from extract_ledger
    where outcome in ('accepted', 'refused') or (outcome = 'erased' and is_in_force)

)

select
    count(*) filter (where outcome != 'refused') as accepted_files,
    count(*) filter (where outcome = 'refused') as refused_files,
    cast(coalesce(sum(rows_read) filter (where outcome != 'refused'), 0) as bigint) as rows_read,
    cast(coalesce(sum(rows_quarantined) filter (where outcome != 'refused'), 0) as bigint) as rows_quarantined,
    cast(coalesce(sum(rows_duplicate) filter (where outcome != 'refused'), 0) as bigint) as rows_duplicate

from in_force
