"""Leads of the CRM and the history of their owners and statuses."""

from __future__ import annotations

from decimal import Decimal

from ..checks import AtLeast, RowCount, RowsThere, RowsWhere, Severity, Suite
from .common import as_many_as_accepted, known_reference, known_words, not_far_in_the_future

LEADS = Suite(
    name="raw_leads",
    table="raw.standard_leads",
    title="Leads",
    checks=(
        RowCount(
            id="leads_are_delivered",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "No lead has been delivered, so every MQL would count as never handed off. Look whether the CRM's "
                "export of leads runs, and whether it writes more than a header."
            ),
        ),
        as_many_as_accepted("leads"),
        not_far_in_the_future("leads", "created_at", "lead_id"),
        RowsWhere(
            id="leads_change_after_they_are_created",
            severity=Severity.WARNING,
            threshold=Decimal("0.01"),
            fails_when="updated_at < created_at",
            key=("lead_id",),
            meaning=(
                "These leads were changed before they were created: one of the two times is wrong, and with it since "
                "when their first owner had them. Ask the source which of the two to trust."
            ),
        ),
        RowsWhere(
            id="leads_name_a_person",
            severity=Severity.WARNING,
            threshold=Decimal("0.2"),
            fails_when="contact_id is null and email is null",
            key=("lead_id",),
            meaning=(
                "These leads have neither contact_id nor e-mail, so they belong to no contact and hand off no MQL. "
                "Have the CRM's export include one of the two."
            ),
        ),
        known_reference(
            "leads_are_of_known_contacts",
            "contact_id not in (select contact_id from raw.standard_contacts)",
            ("lead_id",),
            "they are matched by e-mail or count as found by sales itself",
            out_of="contact_id is not null",
        ),
        known_reference(
            "leads_are_owned_by_known_users",
            "owner_id not in (select user_id from raw.standard_users)",
            ("lead_id",),
            "their owners (queues, mostly) are no reps",
            threshold=Decimal("0.5"),
            out_of="owner_id is not null",
        ),
    ),
)

LEAD_HISTORY = Suite(
    name="raw_lead_history",
    table="raw.standard_lead_history",
    title="Lead history",
    checks=(
        as_many_as_accepted("lead_history"),
        RowsThere(
            id="lead_history_is_delivered",
            severity=Severity.WARNING,
            threshold=1,
            asked_if="exists (select 1 from raw.standard_leads)",
            meaning=(
                "There are leads and no history of them: their present owners and statuses count from the beginning, "
                "so hand-offs look too early. Have the CRM track the fields owner and status, and export the history."
            ),
        ),
        not_far_in_the_future("lead_history", "changed_at", "history_id"),
        known_words(
            "lead_history_is_of_known_fields",
            "field",
            ("owner_id", "status"),
            "history_id",
            "change neither an owner nor a status",
        ),
        known_reference(
            "lead_history_is_of_known_leads",
            "lead_id not in (select lead_id from raw.standard_leads)",
            ("history_id",),
            "their owners and statuses are lost and hand-offs may be missing",
            severity=Severity.ERROR,
            threshold=Decimal("0.2"),
        ),
        AtLeast(
            id="the_statuses_that_the_contract_names_occur",
            severity=Severity.WARNING,
            threshold=1,
            unit="leads",
            query="""
                with statuses as (
                    select lead_id, strip_accents(lower(trim(status))) as status from raw.standard_leads
                    union all
                    select lead_id, strip_accents(lower(trim(unnest([old_value, new_value])))) as status
                    from raw.standard_lead_history
                    where strip_accents(lower(trim(field))) = 'status'
                )
                select
                    contract_statuses.status_group as key,
                    count(distinct statuses.lead_id) as observed
                from raw.contract_statuses as contract_statuses
                inner join raw.contract_versions as versions on contract_statuses.version = versions.version
                left join statuses on strip_accents(lower(trim(contract_statuses.status))) = statuses.status
                where (select count(distinct lead_id) from statuses) >= 100
                group by contract_statuses.status_group
            """,
            meaning=(
                "No lead has ever been in any of the statuses that the contract calls so (looked at from 100 leads "
                "on): they may be spelt differently in the CRM. Compare lead_statuses in the contract with the "
                "CRM's words."
            ),
        ),
    ),
)
