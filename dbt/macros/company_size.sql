{# A company's size by its employees, in the classes of official statistics (OECD, Eurostat); nothing where their number
   is unknown or no number. #}
{% macro company_size(employee_count) -%}
    case
        when {{ exact_number(employee_count) }} < 0 then null
        when {{ exact_number(employee_count) }} < 10 then 'micro'
        when {{ exact_number(employee_count) }} < 50 then 'small'
        when {{ exact_number(employee_count) }} < 250 then 'medium'
        when {{ exact_number(employee_count) }} >= 250 then 'large'
    end
{%- endmacro %}
