with

opportunities as (

    select * from {{ ref('int_mql_opportunities') }}

),

mqls as (

    select * from {{ ref('fct_mqls') }}

),

first_version as (

    select currency from {{ source('raw', 'contract_versions') }}
    where is_first

),

local_days as (

    select * from {{ ref('int_local_days') }}

)

select
    opportunities.opportunity_id,
    opportunities.person_id,
    cast(opportunities.cycle as integer) as cycle,
    opportunities.rep_id,
    mqls.contract_version,
    mqls.first_campaign_id,
    first_version.currency,
    opportunities.original_currency,
    cast(opportunities.amount as decimal(38, 16)) as amount,
    opportunities.original_amount,
    opportunities.is_closed,
    opportunities.is_won,
    created.local_date as created_date,
    closed.local_date as closed_date,
    {{ utc('opportunities.created_at') }} as created_at,
    {{ utc('opportunities.closed_at') }} as closed_at

from opportunities
inner join mqls on opportunities.person_id = mqls.person_id and opportunities.cycle = mqls.cycle
cross join first_version
{{ asof_local_days('created', 'opportunities.created_at') }}
{{ asof_local_days('closed', 'opportunities.closed_at') }}
