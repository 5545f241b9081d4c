with

people as (

    select * from {{ ref('int_people') }}

),

as_of as (

    select * from {{ source('raw', 'as_of') }}

),

records as (

    select * from {{ ref('stg_contacts') }}

),

sales_sourced_emails as (

    select
        people_leads.person_id,
        max(leads.own_email) as own_email
    from {{ ref('int_people_leads') }} as people_leads
    inner join {{ ref('stg_leads') }} as leads on people_leads.lead_id = leads.lead_id
    where people_leads.is_sales_sourced
    group by people_leads.person_id

),

periods as (

    select * from {{ ref('int_periods') }}

),

local_days as (

    select * from {{ ref('int_local_days') }}

),

described as (

    select
        people.person_id,
        coalesce(records.email, sales_sourced_emails.own_email) as email,
        records.industry,
        records.country,
        records.employee_count,
        {{ company_size('records.employee_count') }} as company_size,
        records.contact_id is null as is_sales_sourced,
        people.first_seen_at,
        -- a person counts as created in a period only once that has happened
        case when people.first_seen_at < {{ complete_through() }} then people.first_seen_at end as created_at
    from people
    left join records on people.person_id = records.contact_id
    left join sales_sourced_emails on people.person_id = sales_sourced_emails.person_id

)

select
    described.person_id,
    {{ keyed_hash('described.email', 'as_of') }} as email_hash,
    {{ without_contact_details('described.industry') }} as industry,
    {{ without_contact_details('described.country') }} as country,
    {{ without_contact_details('described.employee_count') }} as employee_count,
    described.company_size,
    periods.contract_version,
    periods.period as created_period,
    described.is_sales_sourced,
    first_seen.local_date as first_seen_date,
    {{ utc('described.first_seen_at') }} as first_seen_at

from described
cross join as_of
asof left join periods on described.created_at >= periods.starts_at
{{ asof_local_days('first_seen', 'described.first_seen_at') }}
