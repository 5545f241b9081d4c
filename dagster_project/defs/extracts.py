"""The extracts: one asset per object of each source, which reads what the ledger doesn't know yet."""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import dagster as dg

from dagster_project.defs.contract import contract_key
from dagster_project.defs.resources import RunInputs
from dagster_project.defs.telling import DATA, MARKETING, SALES, column_metadata, plain_failures, say
from dagster_project.extracts import (
    IngestReport,
    ObjectDeclaration,
    ObjectState,
    Severity,
    SourcesErrors,
    days_in_words,
    ingest_object,
    load_sources,
    object_state,
    unexpected_entries,
)
from dagster_project.settings import Settings

GROUP = "extracts"
SOURCES_KEY = dg.AssetKey([GROUP, "sources"])

# What an object is to those who own it, and which department that is.
PEOPLE = ("the people that marketing knows, with what is known about each of them", MARKETING)
CAMPAIGNS = ("marketing's campaigns, when they ran and what they have cost", MARKETING)
USERS = ("who works in the CRM, since when, and who of them is a sales rep", SALES)
LEADS = ("the leads in the CRM: whose they are and how far they have come", SALES)
LEAD_HISTORY = ("every change of a lead's owner or status", SALES)
MEETINGS = ("the meetings that were planned, confirmed and held", SALES)
OPPORTUNITIES = ("the deals: opened, won and lost, and what they are worth", SALES)
ROLES = ("the teams and roles that tell who of the users is a sales rep", SALES)
WITH_WHOM = ("with whom each call, meeting or deal is", SALES)

IN_BUSINESS_WORDS = {
    "standard": {
        "contacts": PEOPLE,
        "touches": ("every e-mail opened, form sent, page viewed or information requested", MARKETING),
        "campaigns": ("marketing's campaigns and when they ran", MARKETING),
        "campaign_spend": ("what each campaign cost on each day", MARKETING),
        "users": USERS,
        "leads": LEADS,
        "lead_history": LEAD_HISTORY,
        "activities": ("the calls, e-mails, messages and meetings that were made", SALES),
        "meetings": MEETINGS,
        "opportunities": OPPORTUNITIES,
    },
    "hubspot": {
        "contacts": PEOPLE,
        "contact_property_history": LEAD_HISTORY,
        "form_submissions": ("every form that a known person sent", MARKETING),
        "email_events": ("every marketing e-mail that was opened or clicked", MARKETING),
        "marketing_event_participations": ("who came to which webinar or event", MARKETING),
        "web_events": ("which pages known people viewed", MARKETING),
        "campaigns": CAMPAIGNS,
        "owners": USERS,
        "owner_teams": ROLES,
        "teams": ROLES,
        "calls": ("the calls that were made", SALES),
        "emails": ("the e-mails that reps wrote and got", SALES),
        "communications": ("the messages that reps sent by other channels", SALES),
        "meetings": MEETINGS,
        "engagement_contacts": WITH_WHOM,
        "deals": OPPORTUNITIES,
        "deal_contacts": WITH_WHOM,
        "deal_pipeline_stages": ("the stages of each pipeline, and which of them are won or lost", SALES),
    },
    "salesforce": {
        "leads": LEADS,
        "lead_history": LEAD_HISTORY,
        "contacts": ("the contacts that leads were converted into", SALES),
        "campaigns": CAMPAIGNS,
        "campaign_members": ("who responded to which campaign", MARKETING),
        "users": USERS,
        "user_roles": ROLES,
        "profiles": ROLES,
        "tasks": ("the calls, e-mails and messages that were made or planned", SALES),
        "events": MEETINGS,
        "opportunities": OPPORTUNITIES,
        "opportunity_contact_roles": WITH_WHOM,
    },
}


class SourceObject(NamedTuple):
    """One object of one source, as `sources.yml` declared it when the definitions were loaded."""

    source: str
    family: str
    declaration: ObjectDeclaration

    @property
    def key(self) -> dg.AssetKey:
        return dg.AssetKey([GROUP, self.source, self.declaration.name])


def declared_objects(settings: Settings) -> list[SourceObject]:
    """Every object of every declared source; none when the declaration can't be read: its asset says why."""
    try:
        sources = load_sources(settings.sources)
    except SourcesErrors:
        return []
    return [
        SourceObject(source.name, source.family, declaration)
        for source in sources
        for declaration in source.objects.values()
    ]


def sources_asset(objects: Sequence[SourceObject]) -> dg.AssetsDefinition:
    """The validated `sources.yml`."""

    @dg.asset(
        key=SOURCES_KEY,
        group_name=GROUP,
        description="Which sources are read and how: family, time zone, currency, rates, delivery. It is validated "
        "before anything is read, and one extract asset stands for each object that it declares.",
        owners=[DATA],
        kinds={"python", "yaml"},
        metadata=column_metadata(
            {"source": "string", "family": "string", "timezone": "string", "currency": "string"}
        ),
    )
    def sources(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        inputs: dg.ResourceParam[RunInputs],
    ) -> dg.MaterializeResult[None]:
        with plain_failures():
            declared = inputs.sources
        loaded = {(each.source, each.family) for each in objects}
        if loaded != {(source.name, source.family) for source in declared}:
            raise dg.Failure(
                description="sources.yml now declares other sources than when Dagster loaded it. "
                "Reload the code location (Deployment, Reload), then run again.",
                allow_retries=False,
            )
        unexpected = unexpected_entries(settings.extracts, declared) if settings.extracts.is_dir() else []
        for finding in unexpected:
            say(context, finding.message, is_warning=True)
        return dg.MaterializeResult(metadata={"sources": len(declared), "not_read": len(unexpected)})

    return sources


def extract_assets(objects: Sequence[SourceObject]) -> list[dg.AssetsDefinition]:
    """One asset per source object. They share nothing, so they may run side by side."""
    return [_extract_asset(each) for each in objects]


def _extract_asset(source_object: SourceObject) -> dg.AssetsDefinition:
    declaration = source_object.declaration
    words, owner = IN_BUSINESS_WORDS[source_object.family][declaration.name]

    @dg.asset(
        key=source_object.key,
        deps=[contract_key("contract_versions"), SOURCES_KEY],
        group_name=GROUP,
        description=f"From the source {source_object.source}: {words}. Each delivery is archived, checked and read "
        "once; what can't be used is in quarantine with its reason.",
        owners=[owner],
        kinds={"python", "parquet"},
        metadata=column_metadata(declaration.duckdb_types),
    )
    def extract(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        inputs: dg.ResourceParam[RunInputs],
    ) -> dg.MaterializeResult[None]:
        with plain_failures():
            report = ingest_object(
                settings.home,
                settings.extracts,
                inputs.sources[source_object.source],
                declaration.name,
                inputs.contracts.currency,
                context.run.run_id,
                datetime.now(UTC).replace(tzinfo=None),
            )
        inputs.held_against_ledger.add((report.source, report.object))
        name = f"{report.source}/{report.object}"
        if report.deliveries:
            say(
                context,
                f"{name}: files read: {len(report.deliveries)}, rows accepted: {report.rows_accepted:,}, "
                f"in quarantine: {report.rows_quarantined:,}",
            )
        for finding in report.findings:
            say(context, f"{name}: {finding.message}", is_warning=finding.severity != Severity.NOTE)
        state = object_state(
            settings.home, inputs.sources[source_object.source], declaration.name, settings.as_of
        )
        return dg.MaterializeResult(metadata={**_state_metadata(state), **_run_metadata(report)})

    return extract


def _state_metadata(state: ObjectState) -> dict[str, dg.MetadataValue[Any]]:
    """What is in force of the object, as the UI shows it."""
    metadata: dict[str, dg.MetadataValue[Any]] = {
        "dagster/row_count": dg.MetadataValue.int(state.rows_accepted),
        "rows_in_quarantine": dg.MetadataValue.int(state.rows_quarantined),
        "files": dg.MetadataValue.int(state.files),
        "missing_days": dg.MetadataValue.text(days_in_words(state.missing_days) or "none"),
        "refused_files": dg.MetadataValue.int(len(state.refused)),
    }
    if state.quarantined_share is not None:
        metadata["quarantined_share"] = dg.MetadataValue.float(state.quarantined_share)
    if state.latest_extract_date is not None:
        metadata["latest_extract_date"] = dg.MetadataValue.text(state.latest_extract_date.isoformat())
    if state.last_delivered_at is not None:
        delivered_at = state.last_delivered_at.replace(tzinfo=UTC)
        metadata["last_delivered_at"] = dg.MetadataValue.timestamp(delivered_at)
    if state.refused:
        metadata["refused"] = dg.MetadataValue.table(
            [dg.TableRecord({"file": file_name, "reason": reason}) for file_name, reason in state.refused]
        )
    return metadata


def _run_metadata(report: IngestReport) -> dict[str, dg.MetadataValue[Any]]:
    """What this run did about the object."""
    return {
        "files_read_in_this_run": dg.MetadataValue.int(len(report.deliveries)),
        "rows_accepted_in_this_run": dg.MetadataValue.int(report.rows_accepted),
        "rows_quarantined_in_this_run": dg.MetadataValue.int(report.rows_quarantined),
    }
