-- How many events of each kind, or how much money, each period has; one without any has no row.
with

periods as (

    select * from {{ ref('int_periods') }}

),

events as (

    select * from {{ ref('int_events') }}
    where happened_at is not null

),

in_periods as (

    select
        periods.period,
        periods.ends_at,
        events.event,
        events.amount,
        events.happened_at
    from events
    asof inner join periods on events.happened_at >= periods.starts_at

)

select
    period,
    event,
    cast(sum(amount) as decimal(38, 16)) as value

from in_periods
where happened_at < ends_at
group by period, event
