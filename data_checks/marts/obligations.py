"""Obligations: what was owed, by whom, until when, and what came of it."""

from __future__ import annotations

from ..checks import RowCount, Severity, Suite
from .common import COMPLETE_THROUGH, as_many_as, must_not, none_such, one_row_per_key

KEY = ("obligation", "person_id", "cycle", "rep_id", "period")
KINDS = """
    ('handoff', 'first_attempt', 'cadence', 'disposition', 'no_contact', 'sql', 'opportunity', 'customer', 'rep_load')
"""
# Kinds that are breached by nothing but their own single deadline.
SINGLE_DEADLINE = "('handoff', 'first_attempt', 'disposition', 'sql', 'opportunity', 'customer')"

FCT_OBLIGATIONS = Suite(
    name="fct_obligations",
    table="marts.fct_obligations",
    title="Obligations",
    checks=(
        RowCount(
            id="there_are_obligations",
            severity=Severity.WARNING,
            threshold=1,
            meaning=(
                "Nobody owes anything. In a company's first days that may be so; else look whether anyone became an "
                "MQL, and whether the contract has the blocks handoff, follow_up and capacity."
            ),
        ),
        none_such(
            "handed_off_mqls_have_every_obligation_that_was_promised",
            """
                with promised as (
                    select mqls.person_id, mqls.cycle, versions.*
                    from intermediate.int_mqls as mqls
                    inner join raw.contract_versions as versions on mqls.handoff_version = versions.version
                    where mqls.handed_off_at is not null
                )
                select 'first_attempt' as obligation, person_id, cycle from promised
                where first_attempt_within_microseconds is not null
                union all
                select 'cadence' as obligation, person_id, cycle from promised
                where version in (select version from raw.contract_cadence)
                union all
                select 'disposition' as obligation, person_id, cycle from promised
                where disposition_within_microseconds is not null
                union all
                select 'sql' as obligation, person_id, cycle from promised
                where sql_within_microseconds is not null
                union all
                select 'opportunity' as obligation, person_id, cycle from promised
                where opportunity_within_microseconds is not null
                union all
                select 'customer' as obligation, person_id, cycle from promised
                where customer_within_microseconds is not null
                except
                select obligation, person_id, cycle from marts.fct_obligations
            """,
            "The contract promises something for these MQLs that nobody seems to owe: the rates leave it out.",
        ),
        one_row_per_key("fct_obligations", *KEY, nullable=("person_id", "cycle", "rep_id")),
        must_not(
            "obligations_are_of_known_kinds",
            f"obligation is null or obligation not in {KINDS} or outcome is null "
            "or outcome not in ('met', 'breached', 'pending') or owner is null "
            "or owner <> case when obligation = 'handoff' then 'marketing' else 'sales' end",
            KEY,
            "These obligations are of a kind, an outcome or an owner that the agreement doesn't know.",
        ),
        must_not(
            "obligations_name_whom_they_are_about",
            "(obligation = 'rep_load') <> (person_id is null) or (person_id is null) <> (cycle is null) "
            "or (obligation = 'handoff') <> (rep_id is null)",
            KEY,
            "These obligations lack the person or the rep they are about, or have one too many.",
        ),
        must_not(
            "obligations_have_sane_times",
            f"started_at is null or due_at is null or due_at < started_at or done_at < started_at "
            f"or started_at >= {COMPLETE_THROUGH} or done_at > {COMPLETE_THROUGH}",
            KEY,
            "These obligations are due or done before they start, or start or were done after the last complete day.",
        ),
        must_not(
            "obligation_outcomes_agree_with_their_times",
            f"""
                (outcome = 'met' and (done_at is null or done_at > due_at))
                or (outcome = 'pending' and (done_at is not null or due_at < {COMPLETE_THROUGH}))
                or (
                    outcome = 'breached' and obligation in {SINGLE_DEADLINE}
                    and (done_at <= due_at or due_at > {COMPLETE_THROUGH})
                )
            """,
            KEY,
            "These obligations are called met, breached or pending against their own times.",
        ),
        none_such(
            "obligations_belong_to_the_period_of_their_start",
            """
                select obligations.obligation, obligations.person_id, obligations.cycle, obligations.rep_id
                from marts.fct_obligations as obligations
                left join marts.dim_periods as periods on obligations.period = periods.period
                where
                    periods.period is null
                    or obligations.started_at < periods.starts_at
                    or obligations.started_at >= periods.ends_at
            """,
            "These obligations count in a period in which they didn't start.",
        ),
        none_such(
            "obligations_are_of_known_mqls",
            """
                select obligations.obligation, obligations.person_id, obligations.cycle
                from marts.fct_obligations as obligations
                left join marts.fct_mqls as mqls
                    on obligations.person_id = mqls.person_id and obligations.cycle = mqls.cycle
                where
                    obligations.person_id is not null
                    and (
                        mqls.person_id is null
                        or (obligations.rep_id is not null and obligations.rep_id is distinct from mqls.rep_id)
                    )
            """,
            "These obligations are of no MQL, or of another rep than the MQL's.",
            out_of="person_id is not null",
        ),
    ),
)

BREACHES = Suite(
    name="breaches",
    table="marts.breaches",
    title="Breaches",
    checks=(
        as_many_as(
            "breaches_are_all_the_breached_obligations",
            "breached obligations",
            "select count(*) from marts.breaches where outcome = 'breached'",
            "select count(*) from marts.fct_obligations where outcome = 'breached'",
        ),
        one_row_per_key("breaches", *KEY, nullable=("person_id", "cycle", "rep_id")),
        must_not(
            "breaches_say_how_late_or_how_soon",
            """
                (outcome = 'breached') <> (overdue_business_seconds is not null)
                or (outcome = 'pending') <> (remaining_business_seconds is not null)
                or outcome not in ('breached', 'pending')
                or least(overdue_business_seconds, remaining_business_seconds) < 0
            """,
            KEY,
            "These rows don't say how long overdue, or how soon due, an obligation is.",
        ),
    ),
)
