{# The contract version in force at an instant; nothing before the first one. #}
{% macro in_force(version, instant) -%}
    {{ instant }} >= {{ version }}.valid_from
    and ({{ version }}.valid_to is null or {{ instant }} < {{ version }}.valid_to)
{%- endmacro %}

{# The version by which a status is read: before the first version, the first. #}
{% macro read_under(version, instant) -%}
    ({{ version }}.is_first or {{ instant }} >= {{ version }}.valid_from)
    and ({{ version }}.valid_to is null or {{ instant }} < {{ version }}.valid_to)
{%- endmacro %}

{# Whether an instant lies in [starts_at, ends_at), where no bound is no limit. #}
{% macro within(instant, starts_at, ends_at) -%}
    ({{ starts_at }} is null or {{ instant }} >= {{ starts_at }})
    and ({{ ends_at }} is null or {{ instant }} < {{ ends_at }})
{%- endmacro %}

{# Business time from the calendar's beginning to an instant: what was open before the latest opening, and what has passed of it. #}
{% macro business_time_at(instant, interval) -%}
    coalesce(
        {{ interval }}.business_microseconds_before
        + {{ microseconds_between(interval ~ '.opens_at', 'least(' ~ instant ~ ', ' ~ interval ~ '.closes_at)') }},
        0
    )
{%- endmacro %}

{% macro microseconds_between(start, finish) -%}
    (epoch_us({{ finish }}) - epoch_us({{ start }}))
{%- endmacro %}

{% macro add_microseconds(instant, microseconds) -%}
    make_timestamp(epoch_us({{ instant }}) + {{ microseconds }})
{%- endmacro %}


{# An instant as the marts show it. #}
{% macro utc(instant) -%}
    timezone('UTC', {{ instant }})
{%- endmacro %}

{# Microseconds as seconds, exact. #}
{% macro seconds(microseconds) -%}
    cast(cast(({{ microseconds }}) as decimal(18, 0)) * cast(0.000001 as decimal(6, 6)) as decimal(18, 6))
{%- endmacro %}
