{# Done on time: at the deadline is on time, except where the deadline is the end of a day (`due_before`). #}
{% macro is_on_time(done_at, due_at, due_before) -%}
    coalesce({{ done_at }} < {{ due_at }} or (not {{ due_before }} and {{ done_at }} = {{ due_at }}), false)
{%- endmacro %}

{# Whether a deadline has passed by the instant that everything is stated as of. #}
{% macro has_passed(due_at, due_before) -%}
    coalesce(
        {{ due_at }} < {{ complete_through() }} or ({{ due_before }} and {{ due_at }} = {{ complete_through() }}), false
    )
{%- endmacro %}
