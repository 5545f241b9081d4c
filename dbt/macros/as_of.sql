{# The instant that everything is stated as of: the wall clock never enters a model (domain, as of). #}
{% macro complete_through() -%}
    (select complete_through from {{ source('raw', 'as_of') }})
{%- endmacro %}

{# Of the rows that stand for one record, the one that counts: the greatest updated_at (null is smallest), then the
   latest extract, the last part (no part comes first) and row; the source decides what is left. #}
{% macro keep_current_record(keys, updated_at=none) -%}
    qualify row_number() over (
        partition by {{ keys | join(', ') }}
        order by
            {% if updated_at -%}
            {{ updated_at }} desc nulls last,
            {% endif -%}
            _extract_date desc,
            _part desc nulls last,
            _line desc,
            _source desc
    ) = 1
{%- endmacro %}

{# The records that count of what was delivered, where few come more than once: only those are ranked, which takes half
   the time and memory of ranking all. `delivered` is a relation; a common table expression would be kept in memory. #}
{% macro current_records(delivered, keys, where='true') -%}
    {%- set repeated -%}
    exists (
        select 1
        from repeated
        where {% for key in keys %}{{ 'and ' if not loop.first }}repeated.{{ key }} is not distinct from delivered.{{ key }}{{ ' ' if not loop.last }}{% endfor %}
    )
    {%- endset -%}
    with

    repeated as (

        select {{ keys | join(', ') }}
        from {{ delivered }}
        where {{ where }}
        group by {{ keys | join(', ') }}
        having count(*) > 1

    )

    select delivered.*
    from {{ delivered }} as delivered
    where {{ where }} and not {{ repeated }}

    union all

    select delivered.*
    from {{ delivered }} as delivered
    where {{ where }} and {{ repeated }}
    {{ keep_current_record(keys) }}
{%- endmacro %}
