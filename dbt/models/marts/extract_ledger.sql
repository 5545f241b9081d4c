select
    source,
    object,
    extract_date,
    part,
    cast(delivery as bigint) as delivery,
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
    rows_erased,
    kept_sha256,
    is_in_force,
    {{ utc('delivered_at') }} as delivered_at,
    {{ utc('ingested_at') }} as ingested_at

from {{ source('raw', 'extract_ledger') }}
