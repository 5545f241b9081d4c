-- Final figures up to the review's second month that changed since the last review, the latest change first.
select
    sla_restatements.period,
    sla_restatements.commitment_id,
    sla_restatements.metric,
    sla_restatements.old_actual,
    sla_restatements.new_actual,
    sla_restatements.old_status,
    sla_restatements.new_status,
    sla_restatements.causes

from sla_restatements
cross join review
inner join dim_periods on review.first_period = dim_periods.period
where
    sla_restatements.period <= review.second_period
    and sla_restatements.published_at >= dim_periods.starts_at
order by sla_restatements.published_at desc, sla_restatements.period, sla_restatements.commitment_id
