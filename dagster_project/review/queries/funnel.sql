-- What happened in each of the review's months, and in the two before them together.
with

counts as (

    unpivot funnel_by_period
    on leads, mqls_qualified, mqls_delivered, sqls, opportunities, customers_won, meetings_confirmed
    into name stage value events

),

summed as (

    select
        counts.stage,
        sum(counts.events) filter (where counts.period = review.first_period) as first_events,
        sum(counts.events) filter (where counts.period = review.second_period) as second_events,
        sum(counts.events) filter (where counts.period >= review.first_period) as events,
        sum(counts.events) filter (where counts.period < review.first_period) as events_before,
        count(*) filter (where counts.period < review.first_period) as months_before
    from counts
    cross join review
    where
        counts.period <= review.second_period
        and counts.period >= review.first_period - interval 2 month
    group by counts.stage

)

select
    stage,
    cast(first_events as bigint) as first_events,
    cast(second_events as bigint) as second_events,
    cast(events as bigint) as events,
    case when months_before = 2 then cast(events_before as bigint) end as events_before

from summed
order by
    list_position(
        [
            'leads', 'mqls_qualified', 'mqls_delivered', 'sqls', 'opportunities', 'customers_won', 'meetings_confirmed'
        ],
        stage
    )
