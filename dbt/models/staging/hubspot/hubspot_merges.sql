-- A survivor names all that were merged into it. Of several that name one contact, the last: a chain of merges.
with

survivors as (

    select * from {{ ref('stg_hubspot__contacts') }}
    where merged_contact_ids is not null and updated_at < {{ complete_through() }}

),

parts as (

    select
        *,
        {{ each_part('merged_contact_ids', ';') }} as part
    from survivors

),

named as (

    select
        trim(split_part(part, ':', 1)) as merged_id,
        contact_id as survivor_id,
        created_at as survivor_created_at,
        updated_at as merged_at,
        {{ provenance() }}
    from parts

),

first_named as (

    select * from named
    where merged_id <> '' and merged_id <> survivor_id
    qualify row_number() over (
        partition by merged_id, survivor_id order by merged_at, _extract_date, _part nulls first, _line, _source
    ) = 1

)

select * from first_named
qualify row_number() over (partition by merged_id order by merged_at desc, survivor_id desc) = 1
