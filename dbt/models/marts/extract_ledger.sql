select
    source,
    object,
    extract_date,
    part,
    delivery,
    sha256,
    file_name,
    outcome,
    reason,
    run_id,
    size_bytes,
    rows_read,
    rows_accepted,
    rows_quarantined,
    rows_duplicate,
    delivered_at,
    ingested_at

from {{ source('raw', 'extract_ledger') }}
