-- One row per period and commitment of either contract: what was promised, reached and its status, by the signed contract
-- and by the draft.
select
    coalesce(signed.period, draft.period) as period,
    coalesce(signed.commitment_id, draft.commitment_id) as commitment_id,
    coalesce(signed.owner, draft.owner) as owner,
    coalesce(signed.metric, draft.metric) as metric,
    signed.target as signed_target,
    draft.target as draft_target,
    signed.actual as signed_actual,
    draft.actual as draft_actual,
    signed.status as signed_status,
    draft.status as draft_status,
    signed.final as is_signed_final,
    draft.final as is_draft_final

from signed.marts.sla_attainment as signed
full outer join draft.marts.sla_attainment as draft
    on signed.period = draft.period and signed.commitment_id = draft.commitment_id
order by period, owner, commitment_id
