{{ config(materialized='incremental', incremental_strategy='by_person') }}
with

mqls as (

    select mqls.* from {{ ref('int_qualifications') }} as mqls
    where {{ is_affected('mqls') }}

),

touches as (

    select touches.* from {{ ref('int_mql_campaign_touches') }} as touches
    where {{ is_affected('touches') }}

),

-- The touches in order of time hold the places. Those at one instant have no order among themselves: they share its
-- places, and each gets the mean of what the places are worth.
instants as (

    select
        *,
        rank() over (partition by person_id, cycle order by occurred_at) as first_place,
        count(*) over (partition by person_id, cycle order by occurred_at) as last_place,
        count(*) over (partition by person_id, cycle) as places
    from touches

),

shares as (

    select
        *,
        last_place - first_place + 1 as touches_at_instant,
        case when first_place = 1 then 1 else 0 end as has_first,
        case when last_place = places then 1 else 0 end as has_last
    from instants

),

weights as (

    select
        *,
        has_first / touches_at_instant as first_touch,
        has_last / touches_at_instant as last_touch,
        1 / places as linear,
        case
            when places <= 2 then 1 / places
            else (
                (has_first + has_last) * 0.4
                + (touches_at_instant - has_first - has_last) * cast(0.2 as double) / (places - 2)
            ) / touches_at_instant
        end as position_based
    from shares

),

weights_by_model as (

    {% for model in ['first_touch', 'last_touch', 'linear', 'position_based'] -%}
    select
        '{{ model }}' as model,
        person_id,
        cycle,
        campaign_id,
        cast({{ model }} as double) as credit
    from weights
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}

),

without_campaign as (

    select
        models.model,
        mqls.person_id,
        mqls.cycle
    from mqls
    cross join (values ('first_touch'), ('last_touch'), ('linear'), ('position_based')) as models (model)
    where not exists (
        select 1 from touches
        where touches.person_id = mqls.person_id and touches.cycle = mqls.cycle
    )

)

select
    model,
    person_id,
    cast(cycle as integer) as cycle,
    campaign_id,
    -- doubles are added in one order, so that the same touches always give the same figure
    sum(credit order by credit) as credit

from weights_by_model
where credit > 0
group by model, person_id, cycle, campaign_id

union all

select
    model,
    person_id,
    cast(cycle as integer) as cycle,
    '(none)' as campaign_id,
    cast(1 as double) as credit

from without_campaign
