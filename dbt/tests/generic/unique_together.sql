{# No two rows agree in all of these columns, where nothing equals nothing. #}
{% test unique_together(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as occurrences
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
