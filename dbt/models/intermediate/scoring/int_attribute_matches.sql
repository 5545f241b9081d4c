-- Which criteria of the contract each value that occurs meets: values are few, records are many.
with

found_values as (

    select
        attribute,
        attribute_value,
        decimal_sign,
        {{ comparable('attribute_value') }} as comparable_value,
        {{ words('attribute_value') }} as value_words,
        {{ number_text('attribute_value', 'decimal_sign') }} as number_text
    from {{ ref('int_person_attributes') }}
    group by attribute, attribute_value, decimal_sign

),

read_values as (

    select
        *,
        {{ exact_number('number_text') }} as exact_number,
        {{ rough_number('number_text') }} as rough_number
    from found_values

),

criteria as (

    select * from {{ source('raw', 'contract_criteria') }}

),

wanted_values as (

    select
        version,
        part,
        criterion_id,
        kind,
        {{ comparable('value') }} as comparable_value,
        {{ words('value') }} as value_words
    from {{ source('raw', 'contract_criterion_values') }}

)

select
    criteria.version,
    criteria.part,
    criteria.criterion_id,
    criteria.points,
    read_values.attribute,
    read_values.attribute_value,
    read_values.decimal_sign

from read_values
inner join criteria on read_values.attribute = criteria.attribute
where
    (
        not criteria.has_one_of
        or exists (
            select 1 from wanted_values
            where
                wanted_values.version = criteria.version
                and wanted_values.part = criteria.part
                and wanted_values.criterion_id = criteria.criterion_id
                and wanted_values.kind = 'one_of'
                and wanted_values.comparable_value = read_values.comparable_value
        )
    )
    and (
        not criteria.has_phrase
        or exists (
            select 1 from wanted_values
            where
                wanted_values.version = criteria.version
                and wanted_values.part = criteria.part
                and wanted_values.criterion_id = criteria.criterion_id
                and wanted_values.kind = 'has_phrase'
                and position(wanted_values.value_words in read_values.value_words) > 0
        )
    )
    and (
        criteria.at_least is null
        or coalesce(read_values.exact_number >= criteria.at_least, read_values.rough_number >= criteria.at_least)
    )
    and (
        criteria.at_most is null
        or coalesce(read_values.exact_number <= criteria.at_most, read_values.rough_number <= criteria.at_most)
    )
