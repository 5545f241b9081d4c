-- The person's record in each of its versions: the attributes that the contract asks about, as they came.
with

versions as (

    select
        versions.*,
        sources.decimal as decimal_sign
    from {{ ref('stg_contact_versions') }} as versions
    inner join {{ ref('int_people_contacts') }} as people_contacts
        on versions.contact_id = people_contacts.contact_id and versions.contact_id = people_contacts.person_id
    left join {{ source('raw', 'sources') }} as sources on versions.source_name = sources.source
    where {{ is_affected('people_contacts') }}

),

unnested as (

    select
        contact_id as person_id,
        updated_at,
        decimal_sign,
        unnest(attributes) as attribute
    from versions

)

select
    unnested.person_id,
    unnested.updated_at,
    unnested.attribute.name as attribute,
    unnested.attribute.value as attribute_value,
    unnested.decimal_sign

from unnested
where unnested.attribute.value is not null
