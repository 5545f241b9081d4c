-- A merged lead or contact names its survivor; chains are followed to their end, or to the last known record. Salesforce
-- makes no loops: one that was delivered ends where it began.
with recursive

leads as (

    select * from {{ ref('stg_salesforce__leads') }}
    where updated_at < {{ complete_through() }}

),

contacts as (

    select * from {{ ref('stg_salesforce__contacts') }}
    where updated_at < {{ complete_through() }}

),

current_leads as (

    select * from leads
    {{ keep_current_record(['lead_id'], updated_at='updated_at') }}

),

current_contacts as (

    select * from contacts
    {{ keep_current_record(['contact_id'], updated_at='updated_at') }}

),

known_merges as (

    select
        lead_id as record_id,
        merged_into_id
    from current_leads
    where merged_into_id is not null

    union all

    select
        contact_id as record_id,
        merged_into_id
    from current_contacts
    where merged_into_id is not null

),

followed as (

    select
        record_id,
        merged_into_id,
        [merged_into_id] as passed
    from known_merges

    union all

    select
        followed.record_id,
        known_merges.merged_into_id,
        list_append(followed.passed, known_merges.merged_into_id) as passed
    from followed
    inner join known_merges on followed.merged_into_id = known_merges.record_id
    where not list_contains(followed.passed, known_merges.merged_into_id)

)

select
    followed.record_id,
    followed.merged_into_id as survivor_id

from followed
left join known_merges as next_merge on followed.merged_into_id = next_merge.record_id
where next_merge.record_id is null
