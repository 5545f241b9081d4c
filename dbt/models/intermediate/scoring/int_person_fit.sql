-- Per version of the person's record and of the contract: the points of who the person is, and how many of the
-- required criteria the record fails.
with

records as (

    select
        versions.contact_id as person_id,
        versions.updated_at
    from {{ ref('stg_contact_versions') }} as versions
    inner join {{ ref('int_people_contacts') }} as people_contacts
        on versions.contact_id = people_contacts.contact_id and versions.contact_id = people_contacts.person_id
    where {{ is_affected('people_contacts') }}

),

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}
    where basis = 'scored'

),

required_counts as (

    select
        version,
        count(*) as criteria
    from {{ source('raw', 'contract_criteria') }}
    where part = 'required'
    group by version

),

matched as (

    select
        attributes.person_id,
        attributes.updated_at,
        matches.version,
        coalesce(sum(matches.points) filter (where matches.part = 'fit'), 0) as fit_points,
        count(*) filter (where matches.part = 'required') as required_met
    from {{ ref('int_person_attributes') }} as attributes
    inner join {{ ref('int_attribute_matches') }} as matches
        on
            attributes.attribute = matches.attribute
            and attributes.attribute_value = matches.attribute_value
            and attributes.decimal_sign = matches.decimal_sign
    group by attributes.person_id, attributes.updated_at, matches.version

)

select
    records.person_id,
    contract_versions.version,
    records.updated_at,
    coalesce(matched.fit_points, 0) as fit_points,
    coalesce(required_counts.criteria, 0) - coalesce(matched.required_met, 0) as required_missed,
    row_number() over (
        partition by records.person_id, contract_versions.version order by records.updated_at
    ) = 1 as is_first_record,
    -- the version in force until the next one
    lead(records.updated_at) over (
        partition by records.person_id, contract_versions.version order by records.updated_at
    ) as valid_to

from records
cross join contract_versions
left join required_counts on contract_versions.version = required_counts.version
left join matched
    on
        records.person_id = matched.person_id
        and records.updated_at = matched.updated_at
        and contract_versions.version = matched.version
