-- What a handed-off MQL should become within so many days: an SQL, an opportunity, a customer.
with

mqls as (

    select * from {{ ref('int_mqls') }}

),

contract_versions as (

    select * from {{ source('raw', 'contract_versions') }}

),

promises as (

    select
        'sql' as obligation,
        mqls.person_id,
        mqls.cycle,
        mqls.rep_id,
        contract_versions.version,
        contract_versions.sql_within_microseconds as promised_microseconds,
        mqls.handed_off_at as started_at,
        mqls.sql_at as done_at
    from mqls
    inner join contract_versions on mqls.handoff_version = contract_versions.version

    union all

    select
        'opportunity' as obligation,
        mqls.person_id,
        mqls.cycle,
        mqls.rep_id,
        contract_versions.version,
        contract_versions.opportunity_within_microseconds as promised_microseconds,
        mqls.handed_off_at as started_at,
        mqls.opportunity_at as done_at
    from mqls
    inner join contract_versions on mqls.handoff_version = contract_versions.version

    union all

    select
        'customer' as obligation,
        mqls.person_id,
        mqls.cycle,
        mqls.rep_id,
        contract_versions.version,
        contract_versions.customer_within_microseconds as promised_microseconds,
        mqls.handed_off_at as started_at,
        mqls.won_at as done_at
    from mqls
    inner join contract_versions on mqls.handoff_version = contract_versions.version

)

select
    obligation,
    person_id,
    cycle,
    rep_id,
    'sales' as owner,
    version,
    false as due_before,
    started_at,
    {{ add_microseconds('started_at', 'promised_microseconds') }} as due_at,
    done_at

from promises
where promised_microseconds is not null
