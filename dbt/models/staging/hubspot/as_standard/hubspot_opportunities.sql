-- A deal is closed by the meaning of its stage: what sources.yml says of it (in its pipeline, or in any), else what the
-- deal itself says, else what its pipeline's stages say.
with

deals as (

    select
        *,
        pipeline_id || '/' || stage_id as stage_in_pipeline
    from {{ ref('stg_hubspot__deals') }}
    where {{ of_crm() }}

),

stages as (

    {{ words_of('deal_stage') }}

),

stages_in_pipelines as (

    select * from stages

),

pipeline_stages as (

    select * from {{ ref('stg_hubspot__deal_pipeline_stages') }}
    where not is_deleted
    {{ keep_current_record(['_source', 'stage_id', 'pipeline_id']) }}

),

contacts as (

    select * from {{ ref('stg_hubspot__deal_contacts') }}
    {{ keep_current_record(['deal_id', 'contact_id']) }}

),

-- of several contacts the oldest
deal_people as (

    select
        deal_id,
        contact_id
    from contacts
    where not is_deleted
    qualify row_number() over (partition by deal_id order by length(contact_id), contact_id) = 1

),

staged as (

    select
        deals.*,
        coalesce(deal_people.contact_id, deals.contact_id) as person_contact_id,
        coalesce(stages_in_pipelines.meaning, stages.meaning) as meaning,
        coalesce(deals.is_won, pipeline_stages.is_won, false) as is_won_by_stage,
        coalesce(deals.is_closed, pipeline_stages.is_closed, false) as is_closed_by_stage
    from deals
    left join deal_people on deals.deal_id = deal_people.deal_id
    left join pipeline_stages
        on
            deals._source = pipeline_stages._source
            and deals.stage_id = pipeline_stages.stage_id
            and coalesce(deals.pipeline_id, pipeline_stages.pipeline_id, '')
            = coalesce(pipeline_stages.pipeline_id, deals.pipeline_id, '')
    {{ means('stages_in_pipelines', 'deals', 'deals.stage_in_pipeline') }}
    {{ means('stages', 'deals', 'deals.stage_id') }}

),

-- a deal without a date on which it was closed, or one before it was created, is not closed yet
closed as (

    select
        *,
        case when meaning is null then is_closed_by_stage else meaning in ('won', 'lost') end
        and closed_at is not null and closed_at >= created_at as is_closed_in_time
    from staged

)

select
    closed.deal_id as opportunity_id,
    closed.created_at,
    closed.updated_at,
    cast(null as varchar) as lead_id,
    closed.person_contact_id as contact_id,
    closed.owner_id,
    closed.amount,
    closed.currency,
    closed.stage_id as stage,
    closed.is_closed_in_time as is_closed,
    closed.is_closed_in_time
    and case when closed.meaning is null then closed.is_won_by_stage else closed.meaning = 'won' end as is_won,
    case when closed.is_closed_in_time then closed.closed_at end as closed_at,
    closed.is_deleted,
    {{ provenance('closed') }}

from closed
