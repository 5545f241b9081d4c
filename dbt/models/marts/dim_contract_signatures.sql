-- Who signed, by role: names are personal data, and no mart has them.
select
    signatures.version as contract_version,
    signatures.department,
    signatures.role,
    signatures.signed_on as signed_date

from {{ source('raw', 'contract_signatures') }} as signatures
inner join {{ source('raw', 'contract_versions') }} as contract_versions
    on signatures.version = contract_versions.version
