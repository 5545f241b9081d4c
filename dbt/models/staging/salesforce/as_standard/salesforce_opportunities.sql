-- The lead of an opportunity is the one that was converted into it, else its contacts' (the primary one's first, then the
-- one who was named first). It closes within a day: at that local day's end, and never before it was created.
with

opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}

),

leads as (

    select * from {{ ref('salesforce_current_leads') }}

),

people as (

    select * from {{ ref('salesforce_people') }}

),

known_roles as (

    select * from {{ ref('stg_salesforce__opportunity_contact_roles') }}
    where updated_at is null or updated_at < {{ complete_through() }}

),

current_roles as (

    select * from known_roles
    {{ keep_current_record(['role_id'], updated_at='updated_at') }}

),

converted as (

    select
        converted_opportunity_id as opportunity_id,
        survivor_id as lead_id
    from leads
    where converted_opportunity_id is not null and (is_merged or not is_deleted)
    qualify row_number() over (partition by converted_opportunity_id order by created_at, lead_id) = 1

),

contacts as (

    select
        current_roles.opportunity_id,
        current_roles.contact_id,
        people.lead_id
    from current_roles
    left join people on current_roles.contact_id = people.who_id
    where not current_roles.is_deleted
    qualify row_number() over (
        partition by current_roles.opportunity_id
        order by
            people.lead_id is null,
            current_roles.is_primary desc,
            current_roles.created_at nulls last,
            current_roles.role_id
    ) = 1

),

contract_days as (

    {{ contract_days() }}

)

select
    opportunities.opportunity_id,
    opportunities.created_at,
    opportunities.updated_at,
    coalesce(converted.lead_id, contacts.lead_id) as lead_id,
    case when converted.lead_id is null and contacts.lead_id is null then contacts.contact_id end as contact_id,
    opportunities.owner_id,
    opportunities.amount,
    opportunities.currency,
    opportunities.stage_name as stage,
    opportunities.is_closed,
    opportunities.is_won,
    case
        when opportunities.is_closed
            then greatest({{ end_of_day('opportunities.close_date', 'contract_days') }}, opportunities.created_at)
    end as closed_at,
    opportunities.is_deleted,
    {{ provenance('opportunities') }}

from opportunities
left join converted on opportunities.opportunity_id = converted.opportunity_id
left join contacts on opportunities.opportunity_id = contacts.opportunity_id
left join contract_days on opportunities.close_date = contract_days.local_date
