{{ config(materialized='incremental', incremental_strategy='by_person') }}
-- The touches with a campaign that came before each MQL qualified, in its cycle: what a campaign is credited for.
with

mqls as (

    {{ affected_mqls() }}

)

select
    mqls.person_id,
    mqls.cycle,
    touches.touch_id,
    touches.campaign_id,
    touches.occurred_at

from mqls
inner join {{ ref('int_person_touches') }} as touches
    on mqls.cycle_key = touches.cycle_key and touches.occurred_at <= mqls.qualified_at
where touches.campaign_id is not null
