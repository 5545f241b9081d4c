{# How words are compared: trimmed, lower case, without accents. #}
{% macro comparable(text) -%}
    strip_accents(lower(trim({{ text }})))
{%- endmacro %}

{# The words of a text, one blank around each: a phrase is in a text when its words are in the text's, in sequence. #}
{% macro words(text) -%}
    ' ' || array_to_string(regexp_extract_all({{ comparable(text) }}, '[\p{L}\p{N}]+'), ' ') || ' '
{%- endmacro %}

{# A number as the contract reads it: sign, digits, point, exponent; with the decimal sign of the source it came from. #}
{% macro number_text(text, decimal_sign) -%}
    case
        when {{ decimal_sign }} = ',' and position('.' in {{ text }}) > 0 then null
        when {{ decimal_sign }} = ',' then replace({{ text }}, ',', '.')
        else {{ text }}
    end
{%- endmacro %}

{# A number's exact value, to be compared with a bound of at most 18 decimals: what lies beyond the 18th is kept as a
   half of its unit, so that it is neither lost nor rounded up to the bound. What is no number is nothing. #}
{% macro exact_number(text) -%}
    case
        when not regexp_full_match({{ text }}, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?') then null
        when regexp_full_match({{ text }}, '[+-]?[0-9]*\.[0-9]{18}[0-9]*[1-9][0-9]*')
            then
                try_cast(regexp_extract({{ text }}, '[+-]?[0-9]*\.[0-9]{18}') as decimal(38, 19))
                + case when starts_with({{ text }}, '-') then -1 else 1 end * cast('5e-19' as decimal(38, 19))
        else try_cast({{ text }} as decimal(38, 19))
    end
{%- endmacro %}

{# A number too large for exact arithmetic is compared as a double: it is nowhere near a bound. #}
{% macro rough_number(text) -%}
    case
        when regexp_full_match({{ text }}, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?')
            then try_cast({{ text }} as double)
    end
{%- endmacro %}
