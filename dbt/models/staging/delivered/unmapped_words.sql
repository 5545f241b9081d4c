select
    source_name,
    object_name,
    setting,
    word,
    label,
    occurrences,
    asked

from {{ ref('hubspot_unmapped_words') }}

union all

select
    source_name,
    object_name,
    setting,
    word,
    label,
    occurrences,
    asked

from {{ ref('salesforce_unmapped_words') }}
