select
    user_id as rep_id,
    is_active,
    started_date,
    ended_date

from {{ ref('stg_users') }}
where is_rep
