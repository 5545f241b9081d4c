-- All that decides how a person qualifies, as one number: what the person's contacts say, the cycles, the touches, and
-- what the contract in force at each of these said.
with

people_contacts as (

    select * from {{ ref('int_people_contacts') }}

),

terms as (

    select * from {{ ref('int_contract_terms') }}

),

records as (

    select
        people_contacts.person_id,
        versions.*,
        sources.decimal as decimal_sign,
        case when versions.declared_mql_at < {{ complete_through() }} then versions.declared_mql_at end as declared_at
    from {{ ref('stg_contact_versions') }} as versions
    inner join people_contacts on versions.contact_id = people_contacts.contact_id
    left join {{ source('raw', 'sources') }} as sources on versions.source_name = sources.source

),

touches as (

    {{ touches_of_people() }}

),

facts as (

    select
        records.person_id,
        {{ row_hash([
            "'record'", 'records.contact_id', 'records.updated_at', 'records.attributes', 'records.decimal_sign',
            'records.declared_at', 'when_updated.terms_hash', 'when_declared.terms_hash',
        ]) }} as row_hash
    from records
    left join terms as when_updated on {{ in_force('when_updated', 'records.updated_at') }}
    left join terms as when_declared on {{ in_force('when_declared', 'records.declared_at') }}

    union all

    select
        person_id,
        {{ row_hash(["'cycle'", 'cycle', 'starts_at', 'ends_at']) }} as row_hash
    from {{ ref('int_cycles') }}

    union all

    select
        touches.person_id,
        {{ row_hash([
            "'touch'", 'touches.touch_id', 'touches.touch_type', 'touches.content_type', 'touches.campaign_id',
            'touches.occurred_at', 'terms.terms_hash',
        ]) }} as row_hash
    from touches
    left join terms on {{ in_force('terms', 'touches.occurred_at') }}

)

select
    person_id,
    sum(row_hash) as fingerprint

from facts
group by person_id
