{# Free text without e-mail addresses and phone numbers: what somebody typed into a campaign's name or a reason must not
   carry them into a mart. The same patterns are looked for by the data checks, which block what comes by another way. #}
{% macro without_contact_details(text) -%}
    {%- set email = "[^\\s@<>()]+@[^\\s@<>()]+\\.[A-Za-z]{2,}" -%}
    {%- set phone = "(^|[^0-9A-Za-z])(\\+[0-9][0-9 ().-]{6,16}[0-9]|\\(?[0-9]{2,4}\\)?[ .-][0-9]{3,4}[ .-][0-9]{4}" ~
        "|[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}|[0-9]{2}([ .][0-9]{2}){4})([^0-9A-Za-z]|$)" -%}
    regexp_replace(
        regexp_replace({{ text }}, '{{ email }}', '(removed)', 'g'), '{{ phone }}', '\1(removed)\4', 'g'
    )
{%- endmacro %}
