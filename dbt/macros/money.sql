{# An amount in the contract's currency, by the rate of the source it came from: exact, never rounded; no amount is 0. #}
{% macro in_contract_currency(amount, rate) -%}
    coalesce({{ amount }}, 0) * coalesce({{ rate }}, cast(1 as decimal(18, 8)))
{%- endmacro %}
