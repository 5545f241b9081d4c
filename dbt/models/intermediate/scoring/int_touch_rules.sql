-- Which engagement rules and hand-off triggers each kind of touch counts for: kinds are few, touches are many.
with

kinds as (

    select
        touch_type,
        content_type
    from {{ ref('int_person_touches') }}
    group by touch_type, content_type

),

words as (

    select
        version,
        rule_kind,
        rule_id,
        column_name,
        {{ comparable('word') }} as word
    from {{ source('raw', 'contract_touch_words') }}

),

rules as (

    select
        version,
        'engagement' as rule_kind,
        rule_id,
        any_touch_type,
        any_content_type
    from {{ source('raw', 'contract_engagement') }}

    union all

    select
        version,
        'trigger' as rule_kind,
        trigger_id as rule_id,
        any_touch_type,
        any_content_type
    from {{ source('raw', 'contract_triggers') }}

)

select
    kinds.touch_type,
    kinds.content_type,
    rules.version,
    rules.rule_kind,
    rules.rule_id

from kinds
cross join rules
where
    (
        rules.any_touch_type
        or exists (
            select 1 from words
            where
                words.version = rules.version
                and words.rule_kind = rules.rule_kind
                and words.rule_id = rules.rule_id
                and words.column_name = 'touch_type'
                and words.word = kinds.touch_type
        )
    )
    and (
        rules.any_content_type
        or exists (
            select 1 from words
            where
                words.version = rules.version
                and words.rule_kind = rules.rule_kind
                and words.rule_id = rules.rule_id
                and words.column_name = 'content_type'
                and words.word = kinds.content_type
        )
    )
