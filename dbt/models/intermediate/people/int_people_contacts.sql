with

contacts as (

    select * from {{ ref('stg_contacts') }}

),

ends_of_chains as (

    select * from {{ ref('int_contact_merges') }}
    where is_end_of_chain

),

with_survivors as (

    select
        contacts.contact_id,
        coalesce(ends_of_chains.merged_into_contact_id, contacts.contact_id) as survivor_id
    from contacts
    left join ends_of_chains on contacts.contact_id = ends_of_chains.contact_id

),

-- deleted survivors, and what is merged into them, are removed before persons are formed
survivors as (

    select
        contacts.contact_id as survivor_id,
        first_value(contacts.contact_id) over (
            partition by
                contacts.own_email,
                case when contacts.own_email is null then contacts.contact_id end
            order by contacts.created_at, contacts.contact_id
        ) as person_id
    from contacts
    inner join with_survivors
        on contacts.contact_id = with_survivors.contact_id and contacts.contact_id = with_survivors.survivor_id
    where not contacts.is_deleted

)

select
    with_survivors.contact_id,
    with_survivors.survivor_id,
    survivors.person_id,
    with_survivors.contact_id = with_survivors.survivor_id as is_survivor

from with_survivors
inner join survivors on with_survivors.survivor_id = survivors.survivor_id
