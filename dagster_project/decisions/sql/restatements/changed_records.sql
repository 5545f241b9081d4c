-- One row per record that the earlier publication knew otherwise than it is known now, as far as that can tell anything
-- of the time before the earlier publication's end: its object and id, what kind of cause it is, and the ids by which it
-- concerns somebody. `before` is the earlier publication built again from what it rested on (raw, staging, people and
-- meetings), `after` the build that is about to be published.
--
-- A late record happened before the earlier end and came after it; a correction tells otherwise what was known.
with

until as (

    select complete_through as instant from before.raw.as_of

),

day_until as (

    select max(local_days.local_date) as local_date
    from before.raw.local_days as local_days, until
    where local_days.starts_at < until.instant

),

-- who a contact is: what makes persons
contacts as (

    select
        'contacts' as object,
        coalesce(now.contact_id, known.contact_id) as record_id,
        known.contact_id is null as is_new,
        now.contact_id is null as is_gone,
        case
            when now.merged_into_contact_id is distinct from known.merged_into_contact_id
                and now.merged_into_contact_id is not null and known.contact_id is not null
                then 'merge'
            when now.is_deleted and not coalesce(known.is_deleted, false) then 'deletion'
            when known.contact_id is null then 'late record'
            when now.updated_at < until.instant and now.updated_at is distinct from known.updated_at then 'late record'
            else 'correction'
        end as cause,
        coalesce(now.contact_id, known.contact_id) as contact_id,
        coalesce(now.merged_into_contact_id, known.merged_into_contact_id) as other_contact_id,
        cast(null as varchar) as lead_id,
        cast(null as varchar) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from before.staging.stg_contacts as known
    full outer join after.staging.stg_contacts as now on known.contact_id = now.contact_id
    cross join until
    where
        case
            when known.contact_id is null then now.created_at < until.instant
            when now.contact_id is null then true
            else
                known.created_at is distinct from now.created_at
                or known.email is distinct from now.email
                or known.merged_into_contact_id is distinct from now.merged_into_contact_id
                or known.is_deleted is distinct from now.is_deleted
        end

),

-- what both publications' contracts ask about contacts
asked_in_both as (

    select list(attribute) as names
    from (
        select attribute from before.raw.contract_criteria
        where version in (select version from before.raw.contract_versions)
        intersect
        select attribute from after.raw.contract_criteria
        where version in (select version from after.raw.contract_versions)
    )

),

-- what a contact was like: what the score and the declared date are told from
contact_versions as (

    select
        'contacts' as object,
        coalesce(now.contact_id, known.contact_id) as record_id,
        known.contact_id is null as is_new,
        now.contact_id is null as is_gone,
        case when known.contact_id is null then 'late record' else 'correction' end as cause,
        coalesce(now.contact_id, known.contact_id) as contact_id,
        cast(null as varchar) as other_contact_id,
        cast(null as varchar) as lead_id,
        cast(null as varchar) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from before.staging.stg_contact_versions as known
    full outer join (
        select versions.* from after.staging.stg_contact_versions as versions, until
        where versions.updated_at < until.instant
    ) as now
        on known.contact_id = now.contact_id and known.updated_at = now.updated_at
    cross join asked_in_both
    where
        case
            when known.contact_id is null then true
            when now.contact_id is null then true
            else
                list_filter(known.attributes, lambda asked: list_contains(asked_in_both.names, asked.name))
                is distinct from list_filter(now.attributes, lambda asked: list_contains(asked_in_both.names, asked.name))
                or known.declared_mql_at is distinct from now.declared_mql_at
        end

),

touches as (

    select
        'touches' as object,
        coalesce(now.touch_id, known.touch_id) as record_id,
        known.touch_id is null as is_new,
        now.touch_id is null as is_gone,
        case when known.touch_id is null then 'late record' else 'correction' end as cause,
        now.contact_id as contact_id,
        known.contact_id as other_contact_id,
        cast(null as varchar) as lead_id,
        cast(null as varchar) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from before.staging.stg_touches as known
    full outer join after.staging.stg_touches as now on known.touch_id = now.touch_id
    cross join until
    where
        case
            when known.touch_id is null then now.occurred_at < until.instant
            when now.touch_id is null then true
            else
                known.contact_id is distinct from now.contact_id
                or known.touch_type is distinct from now.touch_type
                or known.content_type is distinct from now.content_type
                or known.campaign_id is distinct from now.campaign_id
                or known.occurred_at is distinct from now.occurred_at
        end

),

with_history as (

    select
        lead_id,
        bool_or(field_name = 'owner_id') as has_owner_history,
        bool_or(field_name = 'status') as has_status_history
    from after.staging.stg_lead_history
    group by lead_id

),

-- a lead's current owner and status tell of its past only where nothing is known of how they changed; an e-mail that
-- counts otherwise in the same record is a matter of the settings
leads as (

    select
        'leads' as object,
        coalesce(now.lead_id, known.lead_id) as record_id,
        known.lead_id is null as is_new,
        now.lead_id is null as is_gone,
        case
            when now.is_deleted and not coalesce(known.is_deleted, false) then 'deletion'
            when known.lead_id is null then 'late record'
            when now.updated_at < until.instant and now.updated_at is distinct from known.updated_at then 'late record'
            else 'correction'
        end as cause,
        now.contact_id as contact_id,
        known.contact_id as other_contact_id,
        coalesce(now.lead_id, known.lead_id) as lead_id,
        cast(null as varchar) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from before.staging.stg_leads as known
    full outer join after.staging.stg_leads as now on known.lead_id = now.lead_id
    left join with_history on now.lead_id = with_history.lead_id
    cross join until
    where
        case
            when known.lead_id is null then now.created_at < until.instant
            when now.lead_id is null then true
            else
                known.created_at is distinct from now.created_at
                or known.contact_id is distinct from now.contact_id
                or known.is_deleted is distinct from now.is_deleted
                or (known.own_email is distinct from now.own_email and known.updated_at is distinct from now.updated_at)
                or (known.owner_id is distinct from now.owner_id and with_history.has_owner_history is not true)
                or (known.status is distinct from now.status and with_history.has_status_history is not true)
        end

),

lead_history as (

    select
        'lead_history' as object,
        coalesce(now.history_id, known.history_id) as record_id,
        known.history_id is null as is_new,
        now.history_id is null as is_gone,
        case when known.history_id is null then 'late record' else 'correction' end as cause,
        cast(null as varchar) as contact_id,
        cast(null as varchar) as other_contact_id,
        coalesce(now.lead_id, known.lead_id) as lead_id,
        cast(null as varchar) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from before.staging.stg_lead_history as known
    full outer join after.staging.stg_lead_history as now on known.history_id = now.history_id
    cross join until
    where
        case
            when known.history_id is null then now.changed_at < until.instant
            when now.history_id is null then true
            else
                known.lead_id is distinct from now.lead_id
                or known.field_name is distinct from now.field_name
                or known.old_value is distinct from now.old_value
                or known.new_value is distinct from now.new_value
                or known.changed_at is distinct from now.changed_at
        end

),

activities as (

    select
        'activities' as object,
        coalesce(now.activity_id, known.activity_id) as record_id,
        known.activity_id is null as is_new,
        now.activity_id is null as is_gone,
        case when known.activity_id is null then 'late record' else 'correction' end as cause,
        now.contact_id as contact_id,
        known.contact_id as other_contact_id,
        coalesce(now.lead_id, known.lead_id) as lead_id,
        cast(null as varchar) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from before.staging.stg_activities as known
    full outer join after.staging.stg_activities as now on known.activity_id = now.activity_id
    cross join until
    where
        case
            when known.activity_id is null then now.occurred_at < until.instant
            when now.activity_id is null then true
            else
                known.lead_id is distinct from now.lead_id
                or known.contact_id is distinct from now.contact_id
                or known.user_id is distinct from now.user_id
                or known.activity_type is distinct from now.activity_type
                or known.direction is distinct from now.direction
                or known.outcome is distinct from now.outcome
                or known.is_automated is distinct from now.is_automated
                or known.occurred_at is distinct from now.occurred_at
        end

),

meeting_records as (

    select
        coalesce(known.meeting_id, now.meeting_id) as meeting_id,
        known.meeting_id is null as is_new,
        now.meeting_id is null as is_gone,
        now.contact_id,
        known.contact_id as known_contact_id,
        coalesce(now.lead_id, known.lead_id) as lead_id,
        now.updated_at is distinct from known.updated_at and now.updated_at < until.instant as is_late
    from (
        select * from before.staging.stg_meeting_versions
        qualify row_number() over (partition by meeting_id order by updated_at desc) = 1
    ) as known
    full outer join (
        select * from after.staging.stg_meeting_versions
        qualify row_number() over (partition by meeting_id order by updated_at desc) = 1
    ) as now
        on known.meeting_id = now.meeting_id
    cross join until

),

-- when a meeting was confirmed or held, as its versions tell; what has happened since the earlier end changes nothing
meetings as (

    select
        'meetings' as object,
        meeting_records.meeting_id as record_id,
        meeting_records.is_new,
        meeting_records.is_gone,
        case when meeting_records.is_late then 'late record' else 'correction' end as cause,
        meeting_records.contact_id,
        meeting_records.known_contact_id as other_contact_id,
        meeting_records.lead_id,
        cast(null as varchar) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from meeting_records
    left join before.intermediate.int_meetings as known on meeting_records.meeting_id = known.meeting_id
    left join after.intermediate.int_meetings as now on meeting_records.meeting_id = now.meeting_id
    cross join until
    where
        meeting_records.is_gone
        or (
            (meeting_records.is_new or known.meeting_id is not null)
            and now.meeting_id is not null
            and (
                known.confirmed_at is distinct from case when now.confirmed_at < until.instant then now.confirmed_at end
                or known.held_at is distinct from case when now.held_at < until.instant then now.held_at end
            )
        )

),

-- an amount as it was delivered: what it is in the contract's currency is a matter of the settings
opportunities as (

    select
        'opportunities' as object,
        coalesce(now.opportunity_id, known.opportunity_id) as record_id,
        known.opportunity_id is null as is_new,
        now.opportunity_id is null as is_gone,
        case
            when now.is_deleted and not coalesce(known.is_deleted, false) then 'deletion'
            when known.opportunity_id is null then 'late record'
            else 'correction'
        end as cause,
        now.contact_id as contact_id,
        known.contact_id as other_contact_id,
        coalesce(now.lead_id, known.lead_id) as lead_id,
        cast(null as varchar) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from before.staging.stg_opportunities as known
    full outer join after.staging.stg_opportunities as now on known.opportunity_id = now.opportunity_id
    cross join until
    where
        case
            when known.opportunity_id is null then now.created_at < until.instant
            when now.opportunity_id is null then true
            else
                known.created_at is distinct from now.created_at
                or known.lead_id is distinct from now.lead_id
                or known.contact_id is distinct from now.contact_id
                or known.original_amount is distinct from now.original_amount
                or known.original_currency is distinct from now.original_currency
                or known.is_deleted is distinct from now.is_deleted
                or known.closed_at is distinct from case when now.closed_at < until.instant then now.closed_at end
                or known.is_won is distinct from coalesce(now.is_won and now.closed_at < until.instant, false)
        end

),

-- without an end date, the date of the record is the last day of who is inactive
users as (

    select
        'users' as object,
        coalesce(now.user_id, known.user_id) as record_id,
        known.user_id is null as is_new,
        now.user_id is null as is_gone,
        'user' as cause,
        cast(null as varchar) as contact_id,
        cast(null as varchar) as other_contact_id,
        cast(null as varchar) as lead_id,
        coalesce(now.user_id, known.user_id) as user_id,
        cast(null as varchar) as campaign_id,
        cast(null as date) as spend_date
    from before.staging.stg_users as known
    full outer join after.staging.stg_users as now on known.user_id = now.user_id
    where
        case
            when known.user_id is null then true
            when now.user_id is null then true
            else
                known.is_rep is distinct from now.is_rep
                or known.is_active is distinct from now.is_active
                or known.started_date is distinct from now.started_date
                or known.ended_date is distinct from now.ended_date
                or (not now.is_active and now.ended_date is null and known.updated_at is distinct from now.updated_at)
        end

),

rates_changed as (

    select count(*) > 0 as is_so
    from (
        (select * from before.raw.exchange_rates except select * from after.raw.exchange_rates)
        union all
        (select * from after.raw.exchange_rates except select * from before.raw.exchange_rates)
    )

),

campaign_spend as (

    select
        'campaign_spend' as object,
        coalesce(known.campaign_id, now.campaign_id) || ' ' || coalesce(known.spend_date, now.spend_date) as record_id,
        known.campaign_id is null as is_new,
        now.campaign_id is null as is_gone,
        case
            when known.campaign_id is null then 'late record'
            when now.campaign_id is not null and rates_changed.is_so then 'settings'
            else 'correction'
        end as cause,
        cast(null as varchar) as contact_id,
        cast(null as varchar) as other_contact_id,
        cast(null as varchar) as lead_id,
        cast(null as varchar) as user_id,
        coalesce(now.campaign_id, known.campaign_id) as campaign_id,
        coalesce(now.spend_date, known.spend_date) as spend_date
    from before.staging.stg_campaign_spend as known
    full outer join after.staging.stg_campaign_spend as now
        on known.campaign_id = now.campaign_id and known.spend_date = now.spend_date
    cross join day_until
    cross join rates_changed
    where
        case
            when known.campaign_id is null then now.spend_date <= day_until.local_date
            when now.campaign_id is null then true
            else
                known.amount is distinct from now.amount
        end

)

select * from contacts
union all
select * from contact_versions
union all
select * from touches
union all
select * from leads
union all
select * from lead_history
union all
select * from activities
union all
select * from meetings
union all
select * from opportunities
union all
select * from users
union all
select * from campaign_spend
