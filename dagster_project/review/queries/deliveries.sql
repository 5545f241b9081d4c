-- What was delivered, and what became of it.
select
    count(*) filter (where outcome = 'accepted') as accepted_files,
    count(*) filter (where outcome = 'refused') as refused_files,
    cast(coalesce(sum(rows_read) filter (where outcome = 'accepted'), 0) as bigint) as rows_read,
    cast(coalesce(sum(rows_quarantined) filter (where outcome = 'accepted'), 0) as bigint) as rows_quarantined,
    cast(coalesce(sum(rows_duplicate) filter (where outcome = 'accepted'), 0) as bigint) as rows_duplicate

from extract_ledger
