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
