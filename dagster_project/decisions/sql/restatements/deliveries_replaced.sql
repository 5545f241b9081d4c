-- One row per date and part whose delivery isn't the one that the earlier publication rested on: `re-delivery` where
-- another was delivered since (or the one that was is in force no more), `erasure` where the same one holds less than it
-- did, `settings` where the same bytes are read otherwise.
select
    rested_on.source,
    rested_on.object,
    rested_on.extract_date,
    rested_on.part,
    case
        when in_force.delivery is distinct from rested_on.delivery then 're-delivery'
        when in_force.sha256 != rested_on.sha256 then 'erasure'
        else 'settings'
    end as cause

from deliveries_then as rested_on
left join deliveries_now as in_force
    on
        rested_on.source = in_force.source
        and rested_on.object = in_force.object
        and rested_on.extract_date = in_force.extract_date
        and rested_on.part is not distinct from in_force.part
where
    in_force.delivery is distinct from rested_on.delivery
    or in_force.sha256 != rested_on.sha256
    or in_force.reading != rested_on.reading
