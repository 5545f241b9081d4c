-- When a rule's points change: a touch adds one, and takes it away again when the rule's window has passed it.
with

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}
    where basis = 'scored'

),

rules as (

    select * from {{ source('raw', 'contract_engagement') }}

),

counted_touches as (

    select
        touches.person_id,
        touches.cycle,
        touch_rules.version,
        touch_rules.rule_id,
        rules.points,
        rules.max_count,
        touches.occurred_at,
        {{ add_microseconds('touches.occurred_at', 'rules.window_microseconds') }} as expires_at,
        contract_versions.valid_to
    from {{ ref('int_person_touches') }} as touches
    inner join {{ ref('int_touch_rules') }} as touch_rules
        on
            touches.touch_type = touch_rules.touch_type
            and coalesce(touches.content_type, '') = coalesce(touch_rules.content_type, '')
            and touch_rules.rule_kind = 'engagement'
    inner join rules on touch_rules.version = rules.version and touch_rules.rule_id = rules.rule_id
    inner join contract_versions on touch_rules.version = contract_versions.version

),

count_changes as (

    select
        person_id,
        cycle,
        version,
        rule_id,
        points,
        max_count,
        occurred_at as changed_at,
        1 as change
    from counted_touches
    where valid_to is null or occurred_at < valid_to

    union all

    select
        person_id,
        cycle,
        version,
        rule_id,
        points,
        max_count,
        expires_at as changed_at,
        -1 as change
    from counted_touches
    where expires_at < {{ complete_through() }} and (valid_to is null or expires_at < valid_to)

),

count_changes_by_instant as (

    select
        person_id,
        cycle,
        version,
        rule_id,
        points,
        max_count,
        changed_at,
        sum(change) as change
    from count_changes
    group by person_id, cycle, version, rule_id, points, max_count, changed_at

),

counts as (

    select
        *,
        sum(change) over (
            partition by person_id, cycle, version, rule_id order by changed_at
            rows between unbounded preceding and current row
        ) as touches_in_window
    from count_changes_by_instant

),

capped as (

    select
        person_id,
        cycle,
        version,
        rule_id,
        points,
        changed_at,
        coalesce(least(touches_in_window, max_count), touches_in_window) as counted,
        lag(coalesce(least(touches_in_window, max_count), touches_in_window), 1, 0) over (
            partition by person_id, cycle, version, rule_id order by changed_at
        ) as counted_before
    from counts

)

select
    person_id,
    cycle,
    version,
    changed_at,
    sum(points * cast(counted - counted_before as bigint)) as points_change

from capped
where counted != counted_before
group by person_id, cycle, version, changed_at
