{{ config(materialized='incremental', incremental_strategy='by_person') }}
-- When an MQL met a hand-off trigger of the version it qualified under, counting the cycle's touches up to then.
with

mqls as (

    {{ affected_mqls() }}

),

triggers as (

    select * from {{ source('raw', 'contract_triggers') }}

),

matching_touches as (

    select
        mqls.person_id,
        mqls.cycle,
        mqls.qualified_at,
        triggers.trigger_id,
        triggers.position,
        triggers.at_least,
        touches.occurred_at,
        row_number() over (
            partition by mqls.person_id, mqls.cycle, triggers.trigger_id order by touches.occurred_at
        ) as touch_number
    from mqls
    inner join triggers on mqls.version = triggers.version
    inner join {{ ref('int_person_touches') }} as touches on mqls.cycle_key = touches.cycle_key
    inner join {{ ref('int_touch_rules') }} as touch_rules
        on
            touch_rules.version = triggers.version
            and touch_rules.rule_kind = 'trigger'
            and touch_rules.rule_id = triggers.trigger_id
            and touch_rules.touch_type = touches.touch_type
            and coalesce(touch_rules.content_type, '') = coalesce(touches.content_type, '')

),

reached as (

    select
        person_id,
        cycle,
        trigger_id,
        position,
        greatest(occurred_at, qualified_at) as reached_at
    from matching_touches
    where touch_number = at_least

),

first_reached as (

    select * from reached
    qualify row_number() over (partition by person_id, cycle order by reached_at, position) = 1

)

select
    mqls.person_id,
    mqls.cycle,
    case
        when exists (select 1 from triggers where triggers.version = mqls.version) then first_reached.reached_at
        else mqls.qualified_at
    end as ready_at,
    first_reached.trigger_id as ready_trigger

from mqls
left join first_reached on mqls.person_id = first_reached.person_id and mqls.cycle = first_reached.cycle
