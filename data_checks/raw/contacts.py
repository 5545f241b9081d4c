"""Contacts, as marketing delivers them: they are the people whom everything else is about."""

from __future__ import annotations

from decimal import Decimal

from ..checks import AtMost, RowCount, RowsThere, RowsWhere, Severity, Suite
from .common import as_many_as_accepted, in_force, known_reference, not_far_in_the_future

CONTACTS = Suite(
    name="raw_contacts",
    table="raw.standard_contacts",
    title="Contacts",
    checks=(
        RowCount(
            id="contacts_are_delivered",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "No contact has been delivered, so nobody could become an MQL. Look whether marketing's export of "
                "contacts runs, and whether it writes more than a header."
            ),
        ),
        as_many_as_accepted("contacts"),
        RowsThere(
            id="declared_qualifications_are_delivered_where_the_contract_trusts_them",
            severity=Severity.ERROR,
            threshold=1,
            holds="declared_mql_at is not null",
            asked_if=in_force("versions.basis = 'declared'"),
            which="with declared_mql_at",
            meaning=(
                "The contract trusts the marketing system's own MQL date, and no contact has one: there would be no "
                "MQL at all. Look whether the export still has the column declared_mql_at."
            ),
        ),
        not_far_in_the_future("contacts", "created_at", "contact_id"),
        RowsWhere(
            id="contacts_change_after_they_are_created",
            severity=Severity.WARNING,
            threshold=Decimal("0.01"),
            fails_when="updated_at < created_at",
            key=("contact_id",),
            meaning=(
                "These contacts were changed before they were created: one of the two times is wrong, and who counts "
                "as the first of several contacts of one person may be. Ask the source which of the two to trust."
            ),
        ),
        RowsWhere(
            id="contacts_mostly_have_an_email",
            severity=Severity.WARNING,
            threshold=Decimal("0.5"),
            fails_when="email is null",
            key=("contact_id",),
            meaning=(
                "Most contacts have no e-mail, so leads without a contact_id can't be matched to them and one person's "
                "several contacts stay apart. Look whether the export still has the column email."
            ),
        ),
        AtMost(
            id="attributes_that_the_contract_asks_about_are_mostly_filled",
            severity=Severity.WARNING,
            threshold=Decimal("0.5"),
            is_share=True,
            unit="of the contacts without it",
            query="""
                select
                    attribute.name as key,
                    count(*) filter (where attribute.value is null) / count(*) as observed
                from (select unnest(attributes) as attribute from raw.standard_contacts)
                group by attribute.name
            """,
            meaning=(
                "The contract gives points for, or requires, an attribute that most contacts don't have: they can't "
                "match. Look whether the export still has the column under that name."
            ),
        ),
        known_reference(
            "merged_contacts_have_a_known_survivor",
            "merged_into_contact_id not in (select contact_id from raw.standard_contacts)",
            ("contact_id",),
            "what belongs to them stays apart from the survivor",
            out_of="merged_into_contact_id is not null",
        ),
    ),
)
