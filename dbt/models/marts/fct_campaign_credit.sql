with

mqls as (

    select * from {{ ref('int_qualifications') }}

),

touches as (

    select * from {{ ref('int_mql_campaign_touches') }}

),

-- the touches in order of time hold the places, the first and the last of them with weights of their own
places as (

    select
        *,
        row_number() over (partition by person_id, cycle order by occurred_at, touch_id) as place,
        count(*) over (partition by person_id, cycle) as places
    from touches

),

weights as (

    select
        *,
        case when place = 1 then 1.0 else 0.0 end as first_touch,
        case when place = places then 1.0 else 0.0 end as last_touch,
        1.0 / places as linear,
        case
            when places <= 2 then 1.0 / places
            when place in (1, places) then 0.4
            else 0.2 / (places - 2)
        end as position_based
    from places

),

weights_by_model as (

    {% for model in ['first_touch', 'last_touch', 'linear', 'position_based'] -%}
    select
        '{{ model }}' as model,
        person_id,
        cycle,
        campaign_id,
        occurred_at,
        cast({{ model }} as double) as weight
    from weights
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}

),

-- touches at one instant have no order among themselves: each gets the mean of their places' weights
shared as (

    select
        model,
        person_id,
        cycle,
        campaign_id,
        avg(weight) over (partition by model, person_id, cycle, occurred_at) as credit
    from weights_by_model

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
    sum(credit) as credit

from shared
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
