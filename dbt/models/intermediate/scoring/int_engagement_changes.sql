{{ config(materialized='view') }}
-- When a rule's points change: a touch adds its own, and takes them away again when the rule's window has passed it, or
-- when as many newer ones have come as count at most. What was before a version is all there when it comes into force.
with

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}
    where basis = 'scored'

),

rules as (

    select * from {{ source('raw', 'contract_engagement') }}

),

counted_touches as (

    select
        touches.cycle_key,
        contract_versions.version,
        contract_versions.valid_from,
        contract_versions.valid_to,
        rules.points,
        touches.occurred_at,
        least(
            {{ add_microseconds('touches.occurred_at', 'rules.window_microseconds') }},
            lead(touches.occurred_at, rules.max_count) over (
                partition by touches.cycle_key, rules.version, rules.position order by touches.occurred_at
            )
        ) as counts_until
    from {{ ref('int_person_touches') }} as touches
    inner join {{ ref('int_touch_rules') }} as touch_rules
        on
            touches.touch_type = touch_rules.touch_type
            and coalesce(touches.content_type, '') = coalesce(touch_rules.content_type, '')
            and touch_rules.rule_kind = 'engagement'
    inner join rules on touch_rules.version = rules.version and touch_rules.rule_id = rules.rule_id
    inner join contract_versions on touch_rules.version = contract_versions.version
    where contract_versions.valid_to is null or touches.occurred_at < contract_versions.valid_to

),

counted_in_force as (

    select * from counted_touches
    where counts_until is null or counts_until > valid_from

)

select
    cycle_key,
    version,
    greatest(occurred_at, valid_from) as changed_at,
    points as points_change

from counted_in_force

union all

select
    cycle_key,
    version,
    counts_until as changed_at,
    -points as points_change

from counted_in_force
where counts_until < {{ complete_through() }} and (valid_to is null or counts_until < valid_to)
