-- One row per outbound call of a rep that no machine made: found where the same rep made another at the very same
-- instant. The standard format has no duration of a call; calls that share their instant can't both have lasted.
select
    activities.activity_id as case_id,
    count(*) over (partition by activities.user_id, activities.occurred_at) > 1 as is_found,
    cast(null as double) as usual_share

from staging.stg_activities as activities
inner join staging.stg_users as users on activities.user_id = users.user_id
where
    users.is_rep
    and activities.activity_type = 'call'
    and activities.direction = 'outbound'
    and not activities.is_automated
