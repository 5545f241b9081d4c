-- One row per MQL handed off in a period that is over: found where that was after the beginning of the period's last
-- three business days.
with

business_days as (

    select
        periods.period,
        periods.contract_version,
        local_days.starts_at,
        count(*) over (partition by periods.period) as days,
        row_number() over (partition by periods.period order by local_days.starts_at desc) as days_to_go
    from intermediate.int_periods as periods
    inner join raw.local_days as local_days
        on
            periods.contract_version = local_days.version
            and local_days.starts_at >= periods.starts_at
            and local_days.starts_at < periods.ends_at
            and local_days.is_business_day
    where periods.is_over

),

last_days as (

    select
        period,
        min(starts_at) as starts_at,
        count(*) / any_value(days) as share_of_days
    from business_days
    where days_to_go <= 3
    group by period

)

select
    handoffs.person_id || ' ' || handoffs.cycle as case_id,
    handoffs.handed_off_at >= last_days.starts_at as is_found,
    -- were they spread evenly over the period's business days
    last_days.share_of_days as usual_share

from intermediate.int_handoffs as handoffs
inner join intermediate.int_periods as periods
    on handoffs.handed_off_at >= periods.starts_at and handoffs.handed_off_at < periods.ends_at
inner join last_days on periods.period = last_days.period
