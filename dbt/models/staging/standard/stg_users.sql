with

delivered as (

    select * from {{ ref('standard_users') }}
    where updated_at is null or updated_at < {{ complete_through() }}

),

current_users as (

    select * from delivered
    {{ keep_current_record(['user_id'], updated_at='updated_at') }}

)

select
    user_id,
    user_name,
    {{ comparable('department') }} as department,
    coalesce({{ comparable('department') }} = 'sales', false) as is_rep,
    coalesce(is_active, true) as is_active,
    started_on as started_date,
    ended_on as ended_date,
    updated_at

from current_users
