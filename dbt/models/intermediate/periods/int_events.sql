-- Everything that a volume or a ratio counts, each with the moment by which it belongs to a period, and what it is.
with

mqls as (

    select * from {{ ref('int_mqls') }}

),

opportunities as (

    select * from {{ ref('int_mql_opportunities') }}

)

select
    'leads_created' as event,
    person_id,
    cast(null as bigint) as cycle,
    cast(null as varchar) as object,
    cast(null as varchar) as record_id,
    cast(1 as decimal(38, 16)) as amount,
    first_seen_at as happened_at
from {{ ref('int_people') }}
where first_seen_at < {{ complete_through() }}

union all

select
    'mqls_qualified' as event,
    person_id,
    cycle,
    cast(null as varchar) as object,
    cast(null as varchar) as record_id,
    cast(1 as decimal(38, 16)) as amount,
    qualified_at as happened_at
from mqls

union all

select
    'mqls_delivered' as event,
    person_id,
    cycle,
    cast(null as varchar) as object,
    cast(null as varchar) as record_id,
    cast(1 as decimal(38, 16)) as amount,
    handed_off_at as happened_at
from mqls

union all

select
    'sqls' as event,
    person_id,
    cycle,
    cast(null as varchar) as object,
    cast(null as varchar) as record_id,
    cast(1 as decimal(38, 16)) as amount,
    sql_at as happened_at
from mqls

union all

select
    'opportunities' as event,
    person_id,
    cycle,
    cast(null as varchar) as object,
    cast(null as varchar) as record_id,
    cast(1 as decimal(38, 16)) as amount,
    opportunity_at as happened_at
from mqls

union all

select
    'customers_won' as event,
    person_id,
    cycle,
    cast(null as varchar) as object,
    cast(null as varchar) as record_id,
    cast(1 as decimal(38, 16)) as amount,
    won_at as happened_at
from mqls

union all

select
    'meetings_confirmed' as event,
    person_id,
    cycle,
    'meetings' as object,
    meeting_id as record_id,
    cast(1 as decimal(38, 16)) as amount,
    confirmed_at as happened_at
from {{ ref('int_mql_meetings') }}

union all

select
    'revenue_won' as event,
    person_id,
    cycle,
    'opportunities' as object,
    opportunity_id as record_id,
    amount,
    closed_at as happened_at
from opportunities
where is_won

union all

select
    'opportunities_won' as event,
    person_id,
    cycle,
    'opportunities' as object,
    opportunity_id as record_id,
    cast(1 as decimal(38, 16)) as amount,
    closed_at as happened_at
from opportunities
where is_won

union all

select
    'opportunities_closed' as event,
    person_id,
    cycle,
    'opportunities' as object,
    opportunity_id as record_id,
    cast(1 as decimal(38, 16)) as amount,
    closed_at as happened_at
from opportunities
where is_closed

union all

select
    'campaign_spend' as event,
    cast(null as varchar) as person_id,
    cast(null as bigint) as cycle,
    'campaign_spend' as object,
    campaign_id || ' ' || spend_date as record_id,
    amount,
    spent_at as happened_at
from {{ ref('int_campaign_spend') }}

union all

select
    'mqls_lost' as event,
    person_id,
    cycle,
    cast(null as varchar) as object,
    cast(null as varchar) as record_id,
    cast(1 as decimal(38, 16)) as amount,
    lost_at as happened_at
from mqls
