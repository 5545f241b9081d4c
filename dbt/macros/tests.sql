{# dbt's own asks for the column alone, which is null in every row that it finds: the keys say which rows they are. #}
{% macro default__test_not_null(model, column_name) %}
select *
from {{ model }}
where {{ column_name }} is null
{% endmacro %}
