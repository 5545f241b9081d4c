"""The schema `raw` in business words: what each table that a build starts from means, and its columns.

What belongs here: the one description of each of these tables. What doesn't: making them.
"""

from __future__ import annotations

from collections.abc import Mapping

from dagster_project.contract.calendar import SCHEMAS as CALENDAR_SCHEMAS
from dagster_project.contract.tables import SCHEMAS as CONTRACT_SCHEMAS
from dagster_project.extracts import objects_of

CONTRACT_TABLES = tuple(CONTRACT_SCHEMAS)
CALENDAR_TABLES = ("business_intervals", "local_days", "periods")
STANDARD = objects_of("standard")
STANDARD_TABLES = {f"standard_{name}": name for name in STANDARD}

DESCRIPTIONS = {
    "contract_versions": "One row per contract version: from when it is in force, who qualifies at how many points, "
    "and within what time each side promised to act.",
    "contract_signatures": "One row per signature: which department signed which version, and when.",
    "contract_criteria": "One row per criterion of who a person is: what must hold to qualify, and what gives points.",
    "contract_criterion_values": "One row per value or phrase that a criterion looks for.",
    "contract_engagement": "One row per rule that gives points for what a person does.",
    "contract_triggers": "One row per trigger, any of which makes a qualified lead ready for sales.",
    "contract_touch_words": "One row per touch or content type that a rule or trigger looks for.",
    "contract_statuses": "One row per CRM status that the contract calls accepted, rejected, recycled or qualified.",
    "contract_cadence": "One row per step of the follow-up: how many attempts within how many business days.",
    "contract_cadence_activities": "One row per kind of activity that counts for a step of the follow-up.",
    "contract_sql_conditions": "One row per condition of a sales qualified lead.",
    "contract_capacity_overrides": "One row per rep whose minimum and maximum of leads differ from the others'.",
    "contract_commitments": "One row per commitment: who owes it, what is measured and its usual target.",
    "contract_commitment_periods": "One row per commitment and month with a target of its own.",
    "contract_plan": "One row per contract version: what next period's number of leads is argued from.",
    "contract_plan_periods": "One row per item of the plan and month with an amount of its own.",
    "business_intervals": "One row per contract version and stretch of business time, with the business time before "
    "it: between any two instants it is a subtraction.",
    "local_days": "One row per contract version and local day: its beginning, its end and the business days so far.",
    "periods": "One row per month in the contract's time zone, with its first and last instant.",
    "as_of": "One row: the instant before which everything is stated, and the contract's time zone.",
    "former_fingerprints": "One row per person of the former build, with its fingerprint there: whose differs is made "
    "anew. Empty where a build begins from nothing.",
    "sources": "One row per source: its family, time zone, currency and decimal sign, and whether sales works in it.",
    "exchange_rates": "One row per source and currency: what one unit is in the contract's currency.",
    "shared_emails": "One row per mailbox, or name of one at any domain, that stands for nobody in particular.",
    "vendor_words": "One row per word of a vendor's that means something here: a form, a disposition, a stage, a role.",
    "extract_ledger": "One row per delivery of a file: what it held and what became of it.",
    "deliveries": "One row per delivery that this build rests on.",
    "documents": "One row per document that this build rests on: contract versions in force, sources.yml, and which "
    "definitions made the figures.",
    "standard_contacts": "One row per version of a contact that was delivered and is in force.",
    "standard_touches": "One row per delivered interaction of a contact with marketing.",
    "standard_campaigns": "One row per delivered version of a campaign.",
    "standard_campaign_spend": "One row per delivered version of what a campaign cost on a day.",
    "standard_users": "One row per delivered version of a CRM user.",
    "standard_leads": "One row per delivered version of a CRM lead.",
    "standard_lead_history": "One row per delivered change of a lead's owner or status.",
    "standard_activities": "One row per delivered call, e-mail, message or meeting that was made.",
    "standard_meetings": "One row per delivered version of a meeting.",
    "standard_opportunities": "One row per delivered version of a deal.",
}

OTHER_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "as_of": {
        "complete_through": "TIMESTAMP",
        "as_of_date": "DATE",
        "timezone": "VARCHAR",
        "inner_key": "BLOB",
        "outer_key": "BLOB",
    },
    "former_fingerprints": {"person_id": "VARCHAR", "fingerprint": "HUGEINT"},
    "sources": dict.fromkeys(("source", "family", "timezone", "currency", "decimal"), "VARCHAR")
    | {"is_crm": "BOOLEAN"},
    "exchange_rates": {"source": "VARCHAR", "currency": "VARCHAR", "rate": "DECIMAL(18,8)"},
    "shared_emails": {"kind": "VARCHAR", "value": "VARCHAR"},
    "vendor_words": dict.fromkeys(("source", "kind", "word", "meaning"), "VARCHAR"),
    "extract_ledger": {
        "source": "VARCHAR",
        "object": "VARCHAR",
        "extract_date": "DATE",
        "part": "VARCHAR",
        "delivery": "INTEGER",
        "sha256": "VARCHAR",
        "file_name": "VARCHAR",
        "size_bytes": "BIGINT",
        "outcome": "VARCHAR",
        "reason": "VARCHAR",
        "rows_read": "BIGINT",
        "rows_accepted": "BIGINT",
        "rows_quarantined": "BIGINT",
        "rows_duplicate": "BIGINT",
        "rows_in_file": "BIGINT",
        "rows_erased": "BIGINT",
        "kept_sha256": "VARCHAR",
        "is_in_force": "BOOLEAN",
        "delivered_at": "TIMESTAMP",
        "ingested_at": "TIMESTAMP",
        "run_id": "VARCHAR",
    },
    "deliveries": {
        "source": "VARCHAR",
        "object": "VARCHAR",
        "extract_date": "DATE",
        "part": "VARCHAR",
        "delivery": "INTEGER",
        "reading": "INTEGER",
        "sha256": "VARCHAR",
    },
    "documents": {"name": "VARCHAR", "content": "BLOB"},
}


def column_types(table: str) -> dict[str, str]:
    """The columns of a table of the schema `raw` with their types. Raises KeyError for a table not known here."""
    if table in STANDARD_TABLES:
        return dict(STANDARD[STANDARD_TABLES[table]].duckdb_types)
    for schemas in (CONTRACT_SCHEMAS, CALENDAR_SCHEMAS):
        if table in schemas:
            return {field.name: str(field.type) for field in schemas[table]}
    return dict(OTHER_COLUMNS[table])
