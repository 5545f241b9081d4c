{# The e-mail that stands for one human being: a shared mailbox is nobody's. #}
{% macro own_email(email) -%}
    case
        when {{ email }} not in (select value from {{ source('raw', 'shared_emails') }} where kind = 'mailbox')
            and split_part({{ email }}, '@', 1) not in (
                select value from {{ source('raw', 'shared_emails') }} where kind = 'name'
            )
            then {{ email }}
    end
{%- endmacro %}

{# An HMAC-SHA-256 (RFC 2104): the key's two paddings are inputs of the build. #}
{% macro keyed_hash(text, keys) -%}
    sha256({{ keys }}.outer_key || unhex(sha256({{ keys }}.inner_key || encode({{ text }}))))
{%- endmacro %}
