{# Where a row came from: every row of `raw` can be followed to its file and line. #}
{% macro provenance(rows=none) -%}
    {%- set at = rows ~ '.' if rows else '' -%}
    {{ at }}_source,
    {{ at }}_extract_date,
    {{ at }}_part,
    {{ at }}_file,
    {{ at }}_line
{%- endmacro %}

{# Whether a record is gone, in whichever way a vendor or its loader says so. #}
{% macro is_gone(family, rows=none) -%}
    {%- set at = rows ~ '.' if rows else '' -%}
    (
        coalesce({{ at }}is_deleted, false) or coalesce({{ at }}fivetran_deleted, false)
        {%- if family == 'hubspot' %} or coalesce({{ at }}archived, false){% endif %}
    )
{%- endmacro %}

{# The versions of a vendor's records: `version_at` is when a version was made, `is_gone` whether the record no longer
   exists by it. A loader that keeps a history delivers versions that are over as well: one that is no longer active says
   nothing beside an active one of the same time, and the last of a record that has no active one is followed by its
   end. #}
{% macro record_versions(object_name, key, updated_at) -%}
    select
        delivered.*,
        delivered.{{ updated_at }} as version_at,
        {{ is_gone(object_name.split('_')[0], 'delivered') }} as is_gone
    from {{ source('extracts', object_name) }} as delivered
    where delivered.fivetran_active is null or delivered.fivetran_active

    union all

    select
        past.*,
        past.{{ updated_at }} as version_at,
        {{ is_gone(object_name.split('_')[0], 'past') }} as is_gone
    from {{ source('extracts', object_name) }} as past
    left join {{ source('extracts', object_name) }} as active
        on
            active.fivetran_active
            and past.{{ key }} = active.{{ key }}
            and past.{{ updated_at }} = active.{{ updated_at }}
    where not past.fivetran_active and active.{{ key }} is null

    union all

    select
        past.*,
        past.fivetran_end as version_at,
        true as is_gone
    from {{ source('extracts', object_name) }} as past
    left join {{ source('extracts', object_name) }} as later
        on past.{{ key }} = later.{{ key }} and past.fivetran_start < later.fivetran_start
    where not past.fivetran_active and past.fivetran_end is not null and later.{{ key }} is null
{%- endmacro %}

{# The words of one kind that have a meaning, to be joined by source and comparable word. #}
{% macro words_of(kind) -%}
    select
        source,
        {{ comparable('word') }} as word,
        meaning
    from {{ source('raw', 'vendor_words') }}
    where kind = '{{ kind }}'
{%- endmacro %}

{% macro means(words, rows, word) -%}
    left join {{ words }} on {{ rows }}._source = {{ words }}.source and {{ comparable(word) }} = {{ words }}.word
{%- endmacro %}

{# The parts of a text, one row each. #}
{% macro each_part(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}

{# A page's address without what it was called with. #}
{% macro page_address(url) -%}
    split_part(split_part({{ url }}, '?', 1), '#', 1)
{%- endmacro %}

{# The campaign that a page's address names. #}
{% macro utm_campaign(url) -%}
    nullif(replace(regexp_extract({{ url }}, '[?&]utm_campaign=([^&#]*)', 1), '+', ' '), '')
{%- endmacro %}

{# The last microsecond of a date in the contract's time zone: what is known by its day only has happened by then, and
   is never taken for a midnight. Before the contract's calendar begins, days are UTC's. `days` is a join of
   `contract_days`. #}
{% macro end_of_day(date_name, days) -%}
    {{ add_microseconds('coalesce(' ~ days ~ '.ends_at, cast(' ~ date_name ~ ' + 1 as timestamp))', -1) }}
{%- endmacro %}

{% macro contract_days() -%}
    select
        local_days.local_date,
        local_days.ends_at
    from {{ source('raw', 'local_days') }} as local_days
    inner join {{ source('raw', 'contract_versions') }} as first_version
        on local_days.version = first_version.version and first_version.is_first
{%- endmacro %}

{# A running total becomes spend on the dates of successive extracts, by its differences: `totals` has campaign_id,
   total, currency, updated_at and where each row came from. #}
{% macro spend_by_differences(totals) -%}
    select
        campaign_id,
        _extract_date as spend_date,
        cast(
            total - coalesce(lag(total) over (partition by campaign_id order by _extract_date), 0) as decimal(20, 8)
        ) as amount,
        currency,
        updated_at,
        {{ provenance() }}
    from (
        select * from {{ totals }}
        where total is not null and (updated_at is null or updated_at < {{ complete_through() }})
        qualify row_number() over (
            partition by campaign_id, _extract_date
            order by updated_at desc nulls last, _part desc nulls last, _line desc, _source desc
        ) = 1
    ) as told
    qualify amount <> 0
{%- endmacro %}

{# Changes of a lead's field, told by the versions of its record that were seen: `versions` has one row for each of a
   lead's times, in `updated_at`. #}
{% macro changes_seen(versions, field) -%}
    select
        'seen:' || lead_id || ':{{ field }}:' || cast(updated_at as varchar) as history_id,
        lead_id,
        '{{ field }}' as field,
        value_before as old_value,
        {{ field }} as new_value,
        updated_at as changed_at,
        cast(null as varchar) as changed_by_id,
        {{ provenance() }}
    from (
        select
            *,
            lag({{ field }}) over (partition by lead_id order by updated_at) as value_before,
            lag(updated_at) over (partition by lead_id order by updated_at) as updated_before
        from {{ versions }}
    ) as seen
    where updated_before is not null and {{ field }} is distinct from value_before
{%- endmacro %}

{# Rows of sources in which sales works: a HubSpot that is marketing's alone has no leads. #}
{% macro of_crm(rows=none) -%}
    {{ rows ~ '.' if rows else '' }}_source in (select source from {{ source('raw', 'sources') }} where is_crm)
{%- endmacro %}

{# A meeting's status: what its outcome means. One without an outcome is planned until its time has come, whatever
   sources.yml says that `(none)` means. #}
{% macro meeting_status(outcome, scheduled_at, meaning) -%}
    case
        when {{ outcome }} is null and coalesce({{ scheduled_at }} >= {{ complete_through() }}, true) then 'scheduled'
        else coalesce({{ meaning }}, {{ outcome }}, 'scheduled')
    end
{%- endmacro %}

{# A meeting that counts as held for want of an outcome was confirmed at its time: nothing before said so. #}
{% macro confirmed_by_default(outcome, scheduled_at, meaning) -%}
    case when {{ outcome }} is null and {{ meaning }} in ('held', 'confirmed') then {{ scheduled_at }} end
{%- endmacro %}

{# A user's department: `sales` where sources.yml says that one of the user's roles is; where it says nothing of any, the
   department's own name. #}
{% macro department_of(rows, is_sales, own_name) -%}
    case
        when {{ is_sales }} then 'sales'
        when {{ rows }}._source in (
            select source from {{ source('raw', 'vendor_words') }} where kind = 'sales_department'
        ) then nullif({{ comparable(own_name) }}, 'sales')
        else {{ own_name }}
    end
{%- endmacro %}

{# A touch's meaning by whichever of its words has one: `words` are columns, the most exact first. #}
{% macro first_meaning(kind, words, otherwise) -%}
    coalesce(
        {% for word in words %}{{ kind }}_{{ word }}.meaning, {% endfor -%}
        {{ otherwise }}
    )
{%- endmacro %}

{% macro join_meanings(kind, words, rows) -%}
    {% for word in words -%}
    left join {{ kind }}s as {{ kind }}_{{ word }}
        on
            {{ rows }}._source = {{ kind }}_{{ word }}.source
            and {{ comparable(rows ~ '.' ~ word) }} = {{ kind }}_{{ word }}.word
    {% endfor -%}
{%- endmacro %}

{# Whether a text is the id of one of Salesforce's owners: a user's or a queue's, of 15 or 18 characters. #}
{% macro is_owner_id(text) -%}
    coalesce(
        {{ text }} like '005%' or {{ text }} like '00G%', false
    ) and length({{ text }}) in (15, 18) and position(' ' in {{ text }}) = 0
{%- endmacro %}

{# Salesforce's id of 15 characters, of one of 15 or 18. #}
{% macro short_id(text) -%}
    substr({{ text }}, 1, 15)
{%- endmacro %}

{# The lead that an id of Salesforce's stands for; an unknown lead stays one that has not arrived. #}
{% macro lead_of(who_id, people) -%}
    coalesce({{ people }}.lead_id, case when {{ who_id }} like '00Q%' then {{ who_id }} end)
{%- endmacro %}

{% macro unknown_contact(who_id, people) -%}
    case when {{ people }}.lead_id is null and {{ who_id }} not like '00Q%' then {{ who_id }} end
{%- endmacro %}

{# How often each word without a meaning occurs, of how many words that were asked for one. #}
{% macro counted_words(occurrences) -%}
    select
        told._source as source_name,
        told.object_name,
        told.setting,
        told.word,
        told.label,
        told.occurrences,
        told.asked
    from (
        select
            _source,
            object_name,
            setting,
            min(word) as word,
            max(label) as label,
            max(meaning) as meaning,
            count(*) as occurrences,
            cast(sum(count(*)) over (partition by _source, object_name, setting) as bigint) as asked
        from {{ occurrences }}
        where word is not null
        group by _source, object_name, setting, {{ comparable('word') }}
    ) as told
    where told.meaning is null
{%- endmacro %}
