"""A small company's warehouse in which every check passes, made by hand: what each check's failure is told apart from.

Two contacts a day from 1 January to 28 February 2026, 118 in all, numbered from 0. The first 60 become MQLs an hour
after they are created (so all in January), the first 50 of those are handed off an hour later, reached an hour after
that; the first 30 are accepted, which makes them SQLs, the first 12 have an opportunity, the first 4 are won.
Everything is stated as of 1 March, 00:00 UTC, so both periods are over.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

CONTRACT = """
create schema raw;
create table raw.as_of as
select
    timestamp '2026-03-01' as complete_through, null::date as as_of_date, 'UTC' as timezone,
    'k'::blob as inner_key, 'k'::blob as outer_key;
create table raw.contract_versions as
select
    1::int as version, 'scored' as basis, 10::decimal(18, 6) as threshold, timestamp '2026-01-01' as effective_at,
    timestamp '2026-01-01' as valid_from, null::timestamp as valid_to, true as is_first,
    14400000000::bigint as handoff_within_microseconds, 28800000000::bigint as first_attempt_within_microseconds,
    null::bigint as disposition_within_microseconds, (45 * 86400000000)::bigint as sql_within_microseconds,
    (60 * 86400000000)::bigint as opportunity_within_microseconds,
    (180 * 86400000000)::bigint as customer_within_microseconds;
create table raw.contract_engagement as select 1::int as version, 'any-touch' as rule_id;
create table raw.contract_cadence (version int, step int);
create table raw.contract_statuses as select 1::int as version, 'accepted' as status_group, 'Working' as status;
create table raw.contract_commitments as
select 1::int as version, * from (values
    ('mql-volume', 'marketing', 'mqls_delivered', 40::decimal(38, 12)),
    ('first-response', 'sales', 'first_attempt_on_time_rate', 0.9),
    ('sql-conversion', 'sales', 'mql_to_sql_rate', 0.25)
) as t(commitment_id, owner, metric, default_target);
create table raw.contract_commitment_periods (version int, commitment_id varchar, period date, target decimal(38, 12));
create table raw.periods as
select * from (values
    (date '2025-12-01', timestamp '2025-12-01', timestamp '2026-01-01'),
    (date '2026-01-01', timestamp '2026-01-01', timestamp '2026-02-01'),
    (date '2026-02-01', timestamp '2026-02-01', timestamp '2026-03-01'),
    (date '2026-03-01', timestamp '2026-03-01', timestamp '2026-04-01')
) as t(period, starts_at, ends_at);
create table raw.sources as
select * from (values ('marketing', 'standard'), ('crm', 'standard')) as t(source, family);
"""

RAW = """
create table story as
select
    i,
    printf('c%03d', i) as contact_id,
    printf('l%03d', i) as lead_id,
    case when i % 2 = 0 then 'r1' else 'r2' end as rep_id,
    timestamp '2026-01-01 09:00' + to_days((i // 2)::int) + to_hours(i % 2) as created_at
from range(118) as t(i);

create table raw.standard_contacts as
select
    contact_id, created_at, created_at + interval 5 minutes as updated_at, contact_id || '@acme.example' as email,
    'director' as job_title, 'retail' as industry, 'MX' as country, null::timestamp as declared_mql_at,
    case when i = 100 then 'c101' end as merged_into_contact_id, false as is_deleted,
    [struct_pack(name := 'industry', value := 'retail')] as attributes,
    'marketing' as _source, created_at::date as _extract_date
from story;
create table raw.standard_touches as
select
    contact_id || '-' || n as touch_id, contact_id, created_at + to_minutes(n) as occurred_at,
    'page_view' as touch_type, null::varchar as content_type, 'k' || n % 3 as campaign_id,
    'marketing' as _source, created_at::date as _extract_date
from story cross join range(10) as t(n);
create table raw.standard_campaigns as
select
    'k' || n as campaign_id, 'Campaign ' || n as campaign_name, 'search' as channel, date '2026-01-01' as started_on,
    date '2026-06-30' as ended_on, 'marketing' as _source, date '2026-01-01' as _extract_date
from range(3) as t(n);
create table raw.standard_campaign_spend as
select
    'k' || n as campaign_id, date '2026-01-01' + d::int as spend_date, 100::decimal(20, 8) as amount,
    null::varchar as currency, null::timestamp as updated_at, 'marketing' as _source,
    date '2026-01-01' + d::int as _extract_date
from range(3) as t(n) cross join range(59) as u(d);
create table raw.standard_users as
select
    user_id, upper(user_id) as user_name, department, true as is_active, date '2025-01-01' as started_on,
    null::date as ended_on, timestamp '2025-12-31' as updated_at, 'crm' as _source, date '2026-01-01' as _extract_date
from (values ('r1', 'Sales'), ('r2', 'sales'), ('u3', 'marketing')) as t(user_id, department);
create table raw.standard_leads as
select
    lead_id, created_at, created_at + interval 5 minutes as updated_at, contact_id,
    contact_id || '@acme.example' as email, rep_id as owner_id,
    case when i < 30 then 'Working' else 'New' end as status, null::varchar as rejection_reason, false as is_deleted,
    'crm' as _source, created_at::date as _extract_date
from story;
create table raw.standard_lead_history as
select
    'h' || lead_id as history_id, lead_id, 'owner_id' as field, null::varchar as old_value, rep_id as new_value,
    created_at + interval 2 hours as changed_at, 'crm' as _source, created_at::date as _extract_date
from story;
create table raw.standard_activities as
select
    lead_id || '-' || n as activity_id, lead_id, null::varchar as contact_id, rep_id as user_id,
    'call' as activity_type, 'outbound' as direction, created_at + to_hours(3 + n) as occurred_at,
    'connected' as outcome, false as is_automated, 'crm' as _source, created_at::date as _extract_date
from story cross join range(2) as t(n);
create table raw.standard_meetings as
select
    'm' || lead_id as meeting_id, lead_id, null::varchar as contact_id, created_at + interval 1 day as scheduled_at,
    null::timestamp as confirmed_at, 'held' as status, created_at + interval 1 day as updated_at, created_at,
    'crm' as _source, created_at::date as _extract_date
from story where i between 100 and 105;
create table raw.standard_opportunities as
select
    'o' || lead_id as opportunity_id, created_at + interval 1 day as created_at,
    created_at + interval 12 days as updated_at, lead_id, null::varchar as contact_id, 1000::decimal(20, 8) as amount,
    'MXN' as currency, i < 4 as is_closed, i < 4 as is_won,
    case when i < 4 then created_at + interval 11 days end as closed_at, false as is_deleted,
    'crm' as _source, created_at::date as _extract_date
from story where i < 12;

create table raw.extract_ledger as
with delivered as (
    select 'contacts' as object, _source, _extract_date from raw.standard_contacts
    union all select 'touches', _source, _extract_date from raw.standard_touches
    union all select 'campaigns', _source, _extract_date from raw.standard_campaigns
    union all select 'campaign_spend', _source, _extract_date from raw.standard_campaign_spend
    union all select 'users', _source, _extract_date from raw.standard_users
    union all select 'leads', _source, _extract_date from raw.standard_leads
    union all select 'lead_history', _source, _extract_date from raw.standard_lead_history
    union all select 'activities', _source, _extract_date from raw.standard_activities
    union all select 'meetings', _source, _extract_date from raw.standard_meetings
    union all select 'opportunities', _source, _extract_date from raw.standard_opportunities
)
select
    _source as source, object, _extract_date as extract_date, null::varchar as part, 1::bigint as delivery,
    sha256(object || _extract_date::varchar) as sha256, _extract_date::varchar || '.csv' as file_name,
    'accepted' as outcome, null::varchar as reason, count(*)::bigint as rows_read, count(*)::bigint as rows_accepted,
    0::bigint as rows_quarantined, true as is_in_force, count(*)::bigint as rows_in_file
from delivered
group by _source, object, _extract_date;
-- One row of 237 activities could not be used: 0.42 %, within what a source may lose.
update raw.extract_ledger set rows_read = rows_read + 1, rows_quarantined = 1
where object = 'activities' and extract_date = '2026-01-01';
"""

STAGING = """
create schema staging;
create table staging.stg_contacts as select contact_id from raw.standard_contacts;
create table staging.stg_touches as select touch_id from raw.standard_touches;
create table staging.stg_campaigns as select campaign_id from raw.standard_campaigns;
create table staging.stg_campaign_spend as select campaign_id, spend_date from raw.standard_campaign_spend;
create table staging.stg_users as select user_id from raw.standard_users;
create table staging.stg_leads as select lead_id from raw.standard_leads;
create table staging.stg_lead_history as select history_id from raw.standard_lead_history;
create table staging.stg_activities as select activity_id from raw.standard_activities;
create table staging.stg_meeting_versions as select meeting_id, updated_at from raw.standard_meetings;
create table staging.stg_opportunities as select opportunity_id from raw.standard_opportunities;
"""

MARTS = """
create schema marts;
create table marts.fct_mqls as
select
    contact_id as person_id, 1::int as cycle, 1::int as contract_version, case when i < 50 then rep_id end as rep_id,
    'scored' as basis, null::varchar as ready_trigger, null::varchar as rejection_reason,
    case when i < 4 then 'won' when i < 12 then 'opportunity' when i < 30 then 'sql' when i < 50 then 'contacted'
        else 'ready' end as stage,
    'k0' as first_campaign_id, 12::decimal(38, 6) as score, 0::bigint as owner_changes,
    case when i < 50 then 2 else 0 end::bigint as attempts, case when i < 12 then 1 else 0 end::bigint as opportunities,
    case when i < 4 then 1000 else 0 end::decimal(38, 16) as amount_won,
    case when i < 50 then 3600 end::decimal(18, 6) as first_response_business_seconds,
    timezone('UTC', created_at + interval 1 hour) as qualified_at,
    timezone('UTC', created_at + interval 1 hour) as ready_at,
    case when i < 50 then timezone('UTC', created_at + interval 2 hours) end as handed_off_at,
    case when i < 50 then timezone('UTC', created_at + interval 3 hours) end as first_attempt_at,
    case when i < 50 then timezone('UTC', created_at + interval 3 hours) end as connected_at,
    case when i < 30 then timezone('UTC', created_at + interval 5 hours) end as accepted_at,
    null::timestamptz as rejected_at, null::timestamptz as recycled_at, null::timestamptz as meeting_confirmed_at,
    null::timestamptz as qualified_status_at,
    case when i < 12 then timezone('UTC', created_at + interval 1 day) end as opportunity_at,
    case when i < 30 then timezone('UTC', created_at + interval 5 hours) end as sql_at,
    case when i < 4 then timezone('UTC', created_at + interval 11 days) end as won_at,
    null::timestamptz as lost_at,
    case when i < 30 then timezone('UTC', created_at + interval 5 hours) end as disposition_at,
    case when i < 50 then timezone('UTC', created_at + interval 3 hours) end as stopped_at
from story where i < 60;
create table marts.fct_mql_score as
select person_id, cycle, rule_id, 6::decimal(38, 6) as points, 2::bigint as matched
from marts.fct_mqls cross join (values ('any-touch'), ('decision-maker')) as t(rule_id);
create table marts.dim_periods as
select
    period, 1::int as contract_version, 500000::decimal(18, 6) as business_seconds,
    500000::decimal(18, 6) as elapsed_business_seconds, true as is_over, timezone('UTC', starts_at) as starts_at,
    timezone('UTC', ends_at) as ends_at
from raw.periods where period between date '2026-01-01' and date '2026-02-01';
create table marts.dim_reps as select user_id as rep_id, is_active from raw.standard_users where user_id <> 'u3';
create table marts.dim_campaigns as
select campaign_id, campaign_name, channel from raw.standard_campaigns
union all select '(none)', null, null;
create table marts.dim_people as
select
    contact_id as person_id, sha256(contact_id) as email_hash, 'retail' as industry, 'MX' as country,
    '50' as employee_count, false as is_sales_sourced, timezone('UTC', created_at) as first_seen_at
from story;

create table marts.fct_obligations as
with kinds as (
    select 'handoff' as obligation, person_id, cycle, null as rep_id, ready_at as started_at,
        ready_at + interval 4 hours as due_at, handed_off_at as done_at from marts.fct_mqls
    union all
    select 'first_attempt', person_id, cycle, rep_id, handed_off_at, handed_off_at + interval 8 hours, first_attempt_at
    from marts.fct_mqls where handed_off_at is not null
    union all
    select 'sql', person_id, cycle, rep_id, handed_off_at, handed_off_at + interval 45 days, sql_at
    from marts.fct_mqls where handed_off_at is not null
    union all
    select 'opportunity', person_id, cycle, rep_id, handed_off_at, handed_off_at + interval 60 days, opportunity_at
    from marts.fct_mqls where handed_off_at is not null
    union all
    select 'customer', person_id, cycle, rep_id, handed_off_at, handed_off_at + interval 180 days, won_at
    from marts.fct_mqls where handed_off_at is not null
    union all
    select 'rep_load', null, null, rep_id, starts_at, ends_at, ends_at from marts.dim_reps cross join marts.dim_periods
)
select
    kinds.obligation, kinds.person_id, kinds.cycle::int as cycle, kinds.rep_id::varchar as rep_id, periods.period,
    case when kinds.obligation = 'handoff' then 'marketing' else 'sales' end as owner,
    case
        when kinds.done_at is not null then 'met'
        when kinds.due_at < timestamptz '2026-03-01 00:00:00+00' then 'breached'
        else 'pending'
    end as outcome,
    1::int as contract_version, kinds.started_at, kinds.due_at, kinds.done_at
from kinds
inner join marts.dim_periods as periods
    on kinds.started_at >= periods.starts_at and kinds.started_at < periods.ends_at;
create table marts.breaches as
select
    * exclude (done_at), 90000::decimal(18, 6) as overdue_business_seconds,
    null::decimal(18, 6) as remaining_business_seconds
from marts.fct_obligations where outcome = 'breached';
create table marts.fct_campaign_credit as
select model, person_id, cycle, campaign_id, credit
from marts.fct_mqls
cross join (values
    ('first_touch', 'k0', 1::double), ('last_touch', 'k0', 1::double), ('linear', 'k0', 1::double),
    ('position_based', 'k0', 0.5::double), ('position_based', 'k1', 0.5::double)
) as t(model, campaign_id, credit);
create table marts.fct_opportunities as
select
    'ol' || person_id[2:] as opportunity_id, person_id, cycle, rep_id, 1000::decimal(38, 16) as amount,
    won_at is not null as is_closed, won_at is not null as is_won, opportunity_at as created_at, won_at as closed_at
from marts.fct_mqls where opportunity_at is not null;
create table marts.rep_performance as
select
    rep_id, period, 25::bigint * (period = date '2026-01-01')::int as mqls, 0::bigint as min, 30::bigint as max,
    50::bigint as attempts, 15::bigint as sqls, 0::bigint as meetings, 2::bigint as won, 0::bigint as lost,
    3600::double as first_response_p50_business_seconds, 3600::double as first_response_p90_business_seconds
from marts.dim_reps cross join marts.dim_periods;
create table marts.funnel_by_cohort as
select * from (values
    (date '2026-01-01', 50, 30, 12, 4, 0.6::double, 0.24::double, 0.08::double),
    (date '2026-02-01', 0, 0, 0, 0, null, null, null)
) as t(
    period, mqls, sqls, opportunities, customers, sqls_decided_share, opportunities_decided_share,
    customers_decided_share
);
-- Days 0 to 30 are January's, two contacts each: 62; February's 28 days have 56.
create table marts.funnel_by_period as
select * from (values
    (date '2026-01-01', 62, 60, 50, 30, 12, 0, 4, 0, 4000::decimal(38, 16), 9300::decimal(38, 16)),
    (date '2026-02-01', 56, 0, 0, 0, 0, 0, 0, 0, 0, 8400)
) as t(
    period, leads, mqls_qualified, mqls_delivered, sqls, opportunities, meetings_confirmed, customers_won, lost,
    revenue_won, spend
);
create table marts.extract_ledger as select * from raw.extract_ledger;
create table marts.sla_attainment as
select
    *, 1::int as contract_version, 'at_least' as comparison, timestamptz '2026-03-01 00:00:00+00' as complete_through
from (values
    (date '2026-01-01', 'mql-volume', 'marketing', 'mqls_delivered', 40::decimal(38, 12), 50::double, null::bigint,
        null::bigint, null::bigint, null::bigint, null::double, null::double, 50::double, 1.25::double, 'met', true),
    (date '2026-02-01', 'mql-volume', 'marketing', 'mqls_delivered', 40, 0, null, null, null, null, null, null, 0, 0,
        'missed', true),
    (date '2026-01-01', 'first-response', 'sales', 'first_attempt_on_time_rate', 0.9, 1, 50, 0, 0, 50, 1, 1, null,
        1 / 0.9, 'met', true),
    (date '2026-02-01', 'first-response', 'sales', 'first_attempt_on_time_rate', 0.9, null, 0, 0, 0, 0, null, null,
        null, null, 'no_data', true),
    (date '2026-01-01', 'sql-conversion', 'sales', 'mql_to_sql_rate', 0.25, null, 30, 0, 20, 0, 0.6, 1, null, null,
        'met', false),
    (date '2026-02-01', 'sql-conversion', 'sales', 'mql_to_sql_rate', 0.25, null, 0, 0, 0, 0, null, null, null, null,
        'no_data', true)
) as t(
    period, commitment_id, owner, metric, target, actual, met, breached, pending, due, worst, best, projection,
    attainment, status, final
);
"""

FINDINGS = """
create schema checks;
create table checks.results as
select * from (values ('there_are_mqls', true), ('volumes_do_not_collapse', false)) as t(check_id, passed);
create table marts.data_quality as
select *, '(all)' as source from (values
    ('data_checks_passed', '(all)', 1::bigint, 0.5::double, 'note', '1 of 2 data checks passed.'),
    ('volumes_do_not_collapse', 'extract_ledger', 1, null, 'warning', 'Few rows came.')
) as t(finding, object, count, share, severity, meaning);
create table marts.quarantine_summary as
select 'crm' as source, 'activities' as object, date '2026-01-01' as extract_date, 'ragged_row' as reason,
    1::bigint as rows;
"""

INTERMEDIATE = """
create schema intermediate;
create table intermediate.int_qualifications as select person_id, cycle from marts.fct_mqls;
create table intermediate.int_people as select person_id from marts.dim_people;
create table intermediate.int_mqls as
select person_id, cycle, contract_version as handoff_version, handed_off_at from marts.fct_mqls;
drop table story;
"""


def make_company(path: Path) -> None:
    """Write the company's warehouse file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as company (block_size 16384)")
        connection.execute("use company")
        for script in (CONTRACT, RAW, STAGING, MARTS, FINDINGS, INTERMEDIATE):
            connection.execute(script)
