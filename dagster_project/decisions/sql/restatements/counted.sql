-- One row per thing that a figure counts: the measure (an obligation, or an event as int_event_counts names it), the
-- period that it belongs to, and what it is worth there. {marts} is the schema of the published tables, {build} the
-- database in which meetings are known.
with

mqls as (

    select
        person_id,
        cycle,
        person_id || ' ' || cycle as thing,
        rep_id,
        qualified_date,
        handed_off_date,
        opportunity_date,
        sql_date,
        won_date,
        handed_off_at,
        lead(qualified_at) over (partition by person_id order by qualified_at) as next_qualified_at
    from {marts}.fct_mqls

),

mql_events as (

    unpivot (
        select
            thing,
            person_id,
            rep_id,
            qualified_date as mqls_qualified,
            handed_off_date as mqls_delivered,
            opportunity_date as opportunities,
            sql_date as sqls,
            won_date as customers_won
        from mqls
    )
    on mqls_qualified, mqls_delivered, opportunities, sqls, customers_won
    into name measure value happened_date

)

select
    obligation as measure,
    concat_ws(' ', person_id, cycle, rep_id) as thing,
    period,
    outcome as worth,
    person_id,
    rep_id
from {marts}.fct_obligations

union all

select
    measure,
    thing,
    cast(date_trunc('month', happened_date) as date) as period,
    '1' as worth,
    person_id,
    rep_id
from mql_events

union all

-- whose MQL it is matters to the rep's load
select
    'mql_of_rep' as measure,
    thing,
    cast(date_trunc('month', handed_off_date) as date) as period,
    rep_id as worth,
    person_id,
    rep_id
from mqls
where handed_off_date is not null

union all

select
    'leads_created' as measure,
    person_id as thing,
    cast(date_trunc('month', first_seen_date) as date) as period,
    '1' as worth,
    person_id,
    null as rep_id
from {marts}.dim_people

union all

select
    'meetings_confirmed' as measure,
    meetings.meeting_id as thing,
    periods.period,
    '1' as worth,
    meetings.person_id,
    mqls.rep_id
from {build}.intermediate.int_meetings as meetings
inner join mqls
    on
        meetings.person_id = mqls.person_id
        and timezone('UTC', meetings.confirmed_at) >= mqls.handed_off_at
        and (mqls.next_qualified_at is null or timezone('UTC', meetings.confirmed_at) < mqls.next_qualified_at)
asof inner join {build}.raw.periods as periods on meetings.confirmed_at >= periods.starts_at

union all

select
    measures.measure,
    opportunities.opportunity_id as thing,
    cast(date_trunc('month', opportunities.closed_date) as date) as period,
    case when measures.measure = 'revenue_won' then cast(opportunities.amount as varchar) else '1' end as worth,
    opportunities.person_id,
    opportunities.rep_id
from {marts}.fct_opportunities as opportunities
inner join (values ('revenue_won'), ('opportunities_won'), ('opportunities_closed')) as measures (measure)
    on opportunities.is_won or (opportunities.is_closed and measures.measure = 'opportunities_closed')
where opportunities.is_closed

union all

-- any one of the credit models: they share out the same spend
select
    'campaign_spend' as measure,
    campaign_id as thing,
    period,
    cast(spend as varchar) as worth,
    null as person_id,
    null as rep_id
from {marts}.campaign_performance
where model = 'linear' and spend > 0
