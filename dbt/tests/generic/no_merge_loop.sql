{# A contact that is merged, through whatever chain, into itself: which one survives can't be told. #}
{% test no_merge_loop(model) %}

select contact_id
from {{ model }}
where contact_id = merged_into_contact_id

{% endtest %}
