-- Chains of merges are followed to their end, or to where they would come by again; a pair that comes back to its own
-- contact is a loop.
with recursive

contacts as (

    select * from {{ ref('stg_contacts') }}

),

direct_merges as (

    select
        merged.contact_id,
        merged.merged_into_contact_id
    from contacts as merged
    inner join contacts as survivor on merged.merged_into_contact_id = survivor.contact_id

),

followed as (

    select
        contact_id,
        merged_into_contact_id,
        [merged_into_contact_id] as passed
    from direct_merges

    union all

    select
        followed.contact_id,
        direct_merges.merged_into_contact_id,
        list_append(followed.passed, direct_merges.merged_into_contact_id) as passed
    from followed
    inner join direct_merges on followed.merged_into_contact_id = direct_merges.contact_id
    where not list_contains(followed.passed, direct_merges.merged_into_contact_id)

)

select
    followed.contact_id,
    followed.merged_into_contact_id,
    next_merge.contact_id is null as is_end_of_chain

from followed
left join direct_merges as next_merge on followed.merged_into_contact_id = next_merge.contact_id
