-- One row per period to come (the next two: as long as a review): what the contract in force on its first day says of
-- it, and the maxima of the reps who are active on that day.
with

last_begun as (

    select max(period) as period from intermediate.int_periods

),

-- before the first period has begun, the first one is to come
first_to_come as (

    select
        coalesce(
            last_begun.period + interval 1 month,
            (select date_trunc('month', min(effective_from)) from raw.contract_versions)
        ) as period
    from last_begun

),

to_come as (

    select cast(first_to_come.period + to_months(steps.months_ahead) as date) as period
    from first_to_come
    cross join (values (0), (1)) as steps (months_ahead)

),

under_contract as (

    select
        to_come.period,
        contract_versions.version,
        contract_versions.language,
        contract_versions.currency,
        contract_versions.customer_within_microseconds is not null as has_customer_promise,
        contract_versions.capacity_max
    from to_come
    asof inner join raw.contract_versions as contract_versions
        on to_come.period >= contract_versions.effective_from

),

amounts as (

    select
        under_contract.period,
        contract_plan.version is not null as has_plan,
        contract_plan.lookback_periods,
        coalesce(
            max(own_amounts.amount) filter (where own_amounts.item = 'revenue_goal'), any_value(contract_plan.revenue_goal)
        ) as revenue_goal,
        coalesce(
            max(own_amounts.amount) filter (where own_amounts.item = 'marketing_budget'),
            any_value(contract_plan.marketing_budget)
        ) as marketing_budget
    from under_contract
    left join raw.contract_plan as contract_plan on under_contract.version = contract_plan.version
    left join raw.contract_plan_periods as own_amounts
        on under_contract.version = own_amounts.version and under_contract.period = own_amounts.period
    group by under_contract.period, contract_plan.version, contract_plan.lookback_periods

),

first_version as (

    select version from raw.contract_versions
    where is_first

),

users as (

    select
        users.user_id as rep_id,
        users.started_date,
        users.ended_date,
        users.is_active,
        last_day.local_date as updated_date
    from staging.stg_users as users
    cross join first_version
    asof left join raw.local_days as last_day
        on first_version.version = last_day.version and users.updated_at >= last_day.starts_at
    where users.is_rep

),

-- an end date speaks louder than the flag; who is inactive without one was active until the record said so
active_reps as (

    select
        under_contract.period,
        count(*) as active_reps,
        sum(coalesce(overrides.capacity_max, under_contract.capacity_max)) as workable
    from under_contract
    inner join users
        on
            (users.started_date is null or users.started_date <= under_contract.period)
            and (users.ended_date is null or users.ended_date >= under_contract.period)
            and (users.ended_date is not null or users.is_active or users.updated_date >= under_contract.period)
    left join staging.stg_capacity_overrides as overrides
        on under_contract.version = overrides.version and users.rep_id = overrides.rep_id
    group by under_contract.period

)

select
    under_contract.period,
    under_contract.version as contract_version,
    under_contract.language,
    under_contract.currency,
    amounts.has_plan,
    under_contract.has_customer_promise,
    under_contract.capacity_max is not null as has_capacity,
    amounts.lookback_periods,
    amounts.revenue_goal,
    amounts.marketing_budget,
    coalesce(active_reps.active_reps, 0) as active_reps,
    case when under_contract.capacity_max is not null then cast(coalesce(active_reps.workable, 0) as bigint) end as workable

from under_contract
inner join amounts on under_contract.period = amounts.period
left join active_reps on under_contract.period = active_reps.period
order by under_contract.period
