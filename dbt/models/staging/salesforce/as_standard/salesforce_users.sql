-- A user is of sales when its department, profile or role is. Queues are no users: their ids begin with 00G.
with

users as (

    select * from {{ ref('stg_salesforce__users') }}

),

roles as (

    select * from {{ ref('stg_salesforce__user_roles') }}
    {{ keep_current_record(['role_id']) }}

),

profiles as (

    select * from {{ ref('stg_salesforce__profiles') }}
    {{ keep_current_record(['profile_id']) }}

),

departments as (

    {{ words_of('sales_department') }}

),

named as (

    select
        users.*,
        roles.role_name,
        profiles.profile_name
    from users
    left join roles on users.role_id = roles.role_id
    left join profiles on users.profile_id = profiles.profile_id

)

select
    named.user_id,
    named.user_name,
    {{ department_of(
        'named',
        'coalesce(by_department.meaning, by_role.meaning, by_role_id.meaning, by_profile.meaning, by_profile_id.meaning)'
        ~ ' is not null',
        'coalesce(named.department, named.role_name, named.profile_name)'
    ) }} as department,
    named.is_active,
    cast(null as date) as started_on,
    cast(null as date) as ended_on,
    named.updated_at,
    {{ provenance('named') }}

from named
{% for name, word in {
    'by_department': 'department',
    'by_role': 'role_name',
    'by_role_id': 'role_id',
    'by_profile': 'profile_name',
    'by_profile_id': 'profile_id',
}.items() -%}
left join departments as {{ name }}
    on named._source = {{ name }}.source and {{ comparable('coalesce(named.' ~ word ~ ", '(none)')") }} = {{ name }}.word
{% endfor -%}
where named.user_id not like '00G%'
