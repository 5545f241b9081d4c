-- One row per obligation: what was owed because of a lead or of a rep's month, by when, and whether it was done.
select
    period as month,
    obligation as duty,
    owner as owed_by,
    rep_id as rep,
    person_id,
    cycle,
    outcome,
    is_due as has_deadline_passed,
    contract_version,
    started_at,
    due_at,
    done_at

from marts.fct_obligations
