-- An owner is of sales when one of its teams is.
with

owners as (

    select * from {{ ref('stg_hubspot__owners') }}
    where {{ of_crm() }}

),

owner_teams as (

    select * from {{ ref('stg_hubspot__owner_teams') }}
    {{ keep_current_record(['_source', 'owner_id', 'team_id']) }}

),

teams as (

    select * from {{ ref('stg_hubspot__teams') }}
    {{ keep_current_record(['_source', 'team_id']) }}

),

departments as (

    {{ words_of('sales_department') }}

),

current_owner_teams as (

    select
        owner_teams._source,
        owner_teams.owner_id,
        owner_teams.team_id,
        owner_teams.is_primary,
        teams.team_name
    from owner_teams
    left join teams on owner_teams._source = teams._source and owner_teams.team_id = teams.team_id
    where not owner_teams.is_deleted

),

-- by which words each owner's teams may be called; `(none)` where there is no team
owner_words as (

    select
        _source,
        owner_id,
        team as word,
        true as is_name,
        true as is_primary
    from owners
    where team is not null

    union all

    select
        _source,
        owner_id,
        team_name as word,
        true as is_name,
        is_primary
    from current_owner_teams
    where team_name is not null

    union all

    select
        _source,
        owner_id,
        team_id as word,
        false as is_name,
        is_primary
    from current_owner_teams

    union all

    select
        owners._source,
        owners.owner_id,
        '(none)' as word,
        false as is_name,
        false as is_primary
    from owners
    left join current_owner_teams
        on owners._source = current_owner_teams._source and owners.owner_id = current_owner_teams.owner_id
    where owners.team is null and current_owner_teams.owner_id is null

),

told as (

    select
        owner_words._source,
        owner_words.owner_id,
        bool_or(departments.meaning is not null) as is_sales
    from owner_words
    {{ means('departments', 'owner_words', 'owner_words.word') }}
    group by owner_words._source, owner_words.owner_id

),

named_teams as (

    select
        _source,
        owner_id,
        word
    from owner_words
    where is_name
    qualify row_number() over (partition by _source, owner_id order by is_primary desc, word) = 1

)

select
    owners.owner_id as user_id,
    owners.owner_name as user_name,
    {{ department_of('owners', 'told.is_sales', 'named_teams.word') }} as department,
    not owners.is_deleted as is_active,
    cast(null as date) as started_on,
    cast(null as date) as ended_on,
    owners.updated_at,
    {{ provenance('owners') }}

from owners
left join told on owners._source = told._source and owners.owner_id = told.owner_id
left join named_teams on owners._source = named_teams._source and owners.owner_id = named_teams.owner_id
where coalesce(owners.owner_type, 'person') <> 'queue'
