{# Only the affected people's rows: those of all others stay as the former build made them. #}
{% macro is_affected(rows) -%}
    {{ rows }}.person_id in (select person_id from {{ ref('int_affected_people') }})
{%- endmacro %}

{# The affected people's MQLs, each with the key by which its touches are found. #}
{% macro affected_mqls() -%}
    select
        mqls.*,
        cycles.cycle_key
    from {{ ref('int_qualifications') }} as mqls
    inner join {{ ref('int_cycles') }} as cycles on mqls.person_id = cycles.person_id and mqls.cycle = cycles.cycle
    where {{ is_affected('mqls') }}
{%- endmacro %}

{# How a model is made whose rows are people's, and which stays: the affected people's rows are replaced. A build that
   begins from nothing has no such table yet, and everybody is affected. #}
{% macro get_incremental_by_person_sql(arguments) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments.target_relation }} as kept
    where {{ is_affected('kept') }};

    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }};
{%- endmacro %}

{# What a row says, as a number: sums of it tell two sets of rows apart. #}
{% macro row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}
