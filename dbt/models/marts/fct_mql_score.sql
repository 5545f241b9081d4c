{{ config(materialized='incremental', incremental_strategy='by_person') }}
with

affected_mqls as (

    {{ affected_mqls() }}

),

mqls as (

    select * from affected_mqls
    where basis = 'scored'

),

records as (

    select * from {{ ref('int_person_fit') }}

),

fit_points as (

    select
        mqls.person_id,
        mqls.cycle,
        matches.criterion_id as rule_id,
        matches.points,
        1 as matched
    from mqls
    inner join records
        on
            mqls.person_id = records.person_id
            and mqls.version = records.version
            and (records.is_first_record or records.updated_at <= mqls.qualified_at)
            and (records.valid_to is null or mqls.qualified_at < records.valid_to)
    inner join {{ ref('int_person_attributes') }} as attributes
        on records.person_id = attributes.person_id and records.updated_at = attributes.updated_at
    inner join {{ ref('int_attribute_matches') }} as matches
        on
            mqls.version = matches.version
            and matches.part = 'fit'
            and attributes.attribute = matches.attribute
            and attributes.attribute_value = matches.attribute_value
            and attributes.decimal_sign = matches.decimal_sign

),

engagement_rules as (

    select * from {{ source('raw', 'contract_engagement') }}

),

touches_in_window as (

    select
        mqls.person_id,
        mqls.cycle,
        rules.rule_id,
        rules.points,
        rules.max_count,
        count(*) as matched
    from mqls
    inner join engagement_rules as rules on mqls.version = rules.version
    inner join {{ ref('int_person_touches') }} as touches
        on
            mqls.cycle_key = touches.cycle_key
            and touches.occurred_at <= mqls.qualified_at
            and (
                rules.window_microseconds is null
                or {{ add_microseconds('touches.occurred_at', 'rules.window_microseconds') }} > mqls.qualified_at
            )
    inner join {{ ref('int_touch_rules') }} as touch_rules
        on
            rules.version = touch_rules.version
            and touch_rules.rule_kind = 'engagement'
            and rules.rule_id = touch_rules.rule_id
            and touches.touch_type = touch_rules.touch_type
            and coalesce(touches.content_type, '') = coalesce(touch_rules.content_type, '')
    group by mqls.person_id, mqls.cycle, rules.rule_id, rules.points, rules.max_count

),

all_points as (

    select * from fit_points

    union all

    select
        person_id,
        cycle,
        rule_id,
        points * coalesce(least(matched, max_count), matched) as points,
        matched
    from touches_in_window

)

select
    person_id,
    cast(cycle as integer) as cycle,
    rule_id,
    cast(points as decimal(38, 6)) as points,
    cast(matched as bigint) as matched

from all_points
where points != 0
