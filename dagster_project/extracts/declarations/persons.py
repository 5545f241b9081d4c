"""Which columns of each object say who somebody is: what an erasure looks at, and nothing else does.

What belongs here: the columns that hold ids of contacts and leads. E-mails need no column: wherever one stands in a
row, the row names its owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONTACT, LEAD = "contact", "lead"
EITHER: tuple[str, ...] = (CONTACT, LEAD)


@dataclass(frozen=True)
class NamingColumns:
    """`ids` gives the columns with ids of people, each with what the ids are of; a text of several, separated by
    semicolons, counts as each of them. `own` is the column by which the object itself stands for somebody.
    """

    ids: Mapping[str, tuple[str, ...]]
    own: str | None = None


def _naming(contacts: str = "", leads: str = "", either: str = "", own: str | None = None) -> NamingColumns:
    listed: tuple[tuple[str, tuple[str, ...]], ...] = (
        (contacts, (CONTACT,)),
        (leads, (LEAD,)),
        (either, EITHER),
    )
    return NamingColumns({name: kinds for names, kinds in listed for name in names.split()}, own)


NOBODY = NamingColumns({})
OF_A_CONTACT = _naming(contacts="contact_id")
OF_BOTH = _naming(contacts="contact_id", leads="lead_id")

NAMING_COLUMNS: Mapping[str, Mapping[str, NamingColumns]] = {
    "standard": {
        "contacts": _naming(contacts="contact_id merged_into_contact_id", own="contact_id"),
        "touches": OF_A_CONTACT,
        "leads": _naming(contacts="contact_id", leads="lead_id", own="lead_id"),
        "lead_history": _naming(leads="lead_id"),
        "activities": OF_BOTH,
        "meetings": OF_BOTH,
        "opportunities": OF_BOTH,
        "campaigns": NOBODY,
        "campaign_spend": NOBODY,
        "users": NOBODY,
    },
    "hubspot": {
        "contacts": _naming(contacts="id hs_merged_object_ids", own="id"),
        "contact_property_history": OF_A_CONTACT,
        "form_submissions": OF_A_CONTACT,
        "email_events": OF_A_CONTACT,
        "marketing_event_participations": OF_A_CONTACT,
        "web_events": OF_A_CONTACT,
        "calls": OF_A_CONTACT,
        "emails": OF_A_CONTACT,
        "communications": OF_A_CONTACT,
        "meetings": OF_A_CONTACT,
        "engagement_contacts": OF_A_CONTACT,
        "deals": OF_A_CONTACT,
        "deal_contacts": OF_A_CONTACT,
        "campaigns": NOBODY,
        "owners": NOBODY,
        "owner_teams": NOBODY,
        "teams": NOBODY,
        "deal_pipeline_stages": NOBODY,
    },
    "salesforce": {
        "leads": _naming(contacts="converted_contact_id", leads="id master_record_id", own="id"),
        "lead_history": _naming(leads="lead_id"),
        "contacts": _naming(contacts="id master_record_id", own="id"),
        "campaign_members": _naming(contacts="contact_id", leads="lead_id", either="lead_or_contact_id"),
        "tasks": _naming(either="who_id"),
        "events": _naming(either="who_id"),
        "opportunity_contact_roles": OF_A_CONTACT,
        "opportunities": NOBODY,
        "campaigns": NOBODY,
        "users": NOBODY,
        "user_roles": NOBODY,
        "profiles": NOBODY,
    },
}


def naming_columns(family: str, object_name: str) -> NamingColumns:
    """Raises KeyError for an object of which nobody has said which columns name people."""
    return NAMING_COLUMNS[family][object_name]
