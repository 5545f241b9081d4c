{# The local date of an instant is told by the contract's own calendar, so that no engine's time zone data enters:
   `asof_local_days` joins the day in which the instant lies, under the alias of its date column. #}
{% macro asof_local_days(date_name, instant) -%}
    asof left join local_days as {{ date_name }} on {{ instant }} >= {{ date_name }}.starts_at
{%- endmacro %}
