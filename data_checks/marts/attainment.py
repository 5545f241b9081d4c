"""Attainment: every commitment in every period, certain or not."""

from __future__ import annotations

from ..checks import RowCount, Severity, Suite
from .common import COMPLETE_THROUGH, must_not, none_such, one_row_per_key

KEY = ("period", "commitment_id")

SLA_ATTAINMENT = Suite(
    name="sla_attainment",
    table="marts.sla_attainment",
    title="Attainment",
    checks=(
        RowCount(
            id="there_is_attainment",
            severity=Severity.WARNING,
            threshold=1,
            meaning=(
                "No commitment has a target in any period that has begun, so there is nothing to attain. Look at the "
                "contract's commitments and at effective_from of the first version."
            ),
        ),
        none_such(
            "every_commitment_has_a_row_in_every_period",
            """
                with owed as (
                    select periods.period, commitments.commitment_id
                    from marts.dim_periods as periods
                    inner join raw.contract_commitments as commitments
                        on periods.contract_version = commitments.version
                    left join raw.contract_commitment_periods as targets
                        on
                            commitments.version = targets.version
                            and commitments.commitment_id = targets.commitment_id
                            and periods.period = targets.period
                    where coalesce(targets.target, commitments.default_target) is not null
                ),
                found as (select period::date as period, commitment_id from marts.sla_attainment)
                (from owed except from found)
                union all
                (from found except from owed)
            """,
            "Commitments lack a row in a period for which they have a target, or have one without a target.",
        ),
        one_row_per_key("sla_attainment", *KEY),
        must_not(
            "rates_lie_between_0_and_1",
            "not (actual between 0 and 1) or not (worst between 0 and 1) or not (best between 0 and 1) or worst > best",
            KEY,
            "These rates are none: below 0, above 1, or with a worst case better than the best.",
            out_of="metric like '%\\_rate' escape '\\'",
        ),
        must_not(
            "attainment_figures_are_numbers",
            "not isfinite(actual) or not isfinite(worst) or not isfinite(best) or not isfinite(projection) "
            "or not isfinite(attainment) or least(met, breached, pending, due) < 0 or target is null",
            KEY,
            "Figures of these commitments are infinite, negative or no numbers.",
        ),
        must_not(
            "attainment_words_are_known",
            """
                status is null or status not in ('met', 'missed', 'on_track', 'at_risk', 'no_data')
                or owner is null or owner not in ('marketing', 'sales')
                or comparison is null or comparison not in ('at_least', 'at_most')
            """,
            KEY,
            "The status, owner or comparison of these commitments is a word that the agreement doesn't know.",
        ),
        none_such(
            "attainment_counts_are_those_of_the_obligations",
            """
                with kinds as (
                    select * from (values
                        ('handoff_on_time_rate', 'handoff'), ('first_attempt_on_time_rate', 'first_attempt'),
                        ('cadence_completed_rate', 'cadence'), ('disposition_on_time_rate', 'disposition'),
                        ('no_contact_procedure_rate', 'no_contact'), ('reps_within_capacity_rate', 'rep_load'),
                        ('mql_to_sql_rate', 'sql'), ('mql_to_opportunity_rate', 'opportunity'),
                        ('mql_to_customer_rate', 'customer')
                    ) as t(metric, obligation)
                ),
                counts as (
                    select
                        obligation,
                        period,
                        count(*) filter (where outcome = 'met') as met,
                        count(*) filter (where outcome = 'breached') as breached,
                        count(*) filter (where outcome = 'pending') as pending
                    from marts.fct_obligations
                    group by obligation, period
                )
                select attainment.period::date, attainment.commitment_id
                from marts.sla_attainment as attainment
                inner join kinds on attainment.metric = kinds.metric
                left join counts
                    on kinds.obligation = counts.obligation and attainment.period::date = counts.period
                where
                    attainment.met is distinct from coalesce(counts.met, 0)
                    or attainment.breached is distinct from coalesce(counts.breached, 0)
                    or attainment.pending is distinct from coalesce(counts.pending, 0)
            """,
            "The counts behind these rates are not those of the obligations.",
        ),
        none_such(
            "attainment_volumes_are_those_of_the_funnel",
            """
                with volumes as (
                    unpivot (
                        select
                            period,
                            leads::double as leads_created,
                            mqls_qualified::double as mqls_qualified,
                            mqls_delivered::double as mqls_delivered,
                            sqls::double as sqls,
                            opportunities::double as opportunities,
                            meetings_confirmed::double as meetings_confirmed,
                            customers_won::double as customers_won,
                            revenue_won::double as revenue_won
                        from marts.funnel_by_period
                    )
                    on columns(* exclude (period))
                    into name metric value volume
                )
                select attainment.period::date, attainment.commitment_id
                from marts.sla_attainment as attainment
                inner join volumes
                    on attainment.metric = volumes.metric and attainment.period::date = volumes.period
                where
                    attainment.actual is null
                    or not abs(attainment.actual - volumes.volume) <= 1e-9 * greatest(abs(volumes.volume), 1)
            """,
            "These volumes are not those of the funnel.",
        ),
        none_such(
            "attainment_is_final_only_when_it_is_certain",
            f"""
                select attainment.period::date, attainment.commitment_id
                from marts.sla_attainment as attainment
                left join marts.dim_periods as periods on attainment.period::date = periods.period
                cross join raw.as_of as as_of
                where
                    attainment.complete_through is distinct from {COMPLETE_THROUGH}
                    or attainment.final is distinct from (periods.is_over and coalesce(attainment.pending, 0) = 0)
                    or (attainment.final and attainment.status not in ('met', 'missed', 'no_data'))
            """,
            "These figures are called final while something is open, or aren't stated as of the last complete instant.",
        ),
    ),
)
