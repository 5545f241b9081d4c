-- What each contract version in force says of who qualifies and who is ready, as one number.
with

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}

),

terms as (

    select
        version,
        {{ row_hash(["'version'", 'version', 'basis', 'threshold', 'requalify_after_microseconds']) }} as row_hash
    from contract_versions

    union all

    select
        version,
        {{ row_hash(["'criterion'", 'contract_criteria']) }} as row_hash
    from {{ source('raw', 'contract_criteria') }}

    union all

    select
        version,
        {{ row_hash(["'value'", 'contract_criterion_values']) }} as row_hash
    from {{ source('raw', 'contract_criterion_values') }}

    union all

    select
        version,
        {{ row_hash(["'engagement'", 'contract_engagement']) }} as row_hash
    from {{ source('raw', 'contract_engagement') }}

    union all

    select
        version,
        {{ row_hash(["'trigger'", 'contract_triggers']) }} as row_hash
    from {{ source('raw', 'contract_triggers') }}

    union all

    select
        version,
        {{ row_hash(["'word'", 'contract_touch_words']) }} as row_hash
    from {{ source('raw', 'contract_touch_words') }}

)

select
    contract_versions.version,
    sum(terms.row_hash) as terms_hash,
    contract_versions.valid_from,
    contract_versions.valid_to

from contract_versions
inner join terms on contract_versions.version = terms.version
group by contract_versions.version, contract_versions.valid_from, contract_versions.valid_to
