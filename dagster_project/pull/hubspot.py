"""HubSpot's CRM v3 API, and those beside it: records by search, listings, and events.

What belongs here: the requests for each object. What doesn't: when and into which file rows are
delivered.

Records are searched in the order of their ids, each page after the last id of the one before: so a
search finds more than the ten thousand that HubSpot pages through, and a record that changes meanwhile
isn't missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

from .api import PATIENT, Api, Patience, Token
from .days import read_instant
from .parts import Feed, Part, Row, columns_to_ask_for

DEFAULT_URL = "https://api.hubapi.com"
TOKEN_SETTING = "SLA_PULL_HUBSPOT_TOKEN"
PAGE, SUBMISSIONS_PAGE, EVENTS_PAGE = 100, 50, 1000
HISTORY_BATCH, READ_BATCH = 50, 100
HISTORY_OF = ("hubspot_owner_id", "hs_lead_status")
MODIFIED = {"contacts": "lastmodifieddate"}
USUAL_MODIFIED = "hs_lastmodifieddate"
ENGAGEMENTS = ("calls", "emails", "communications", "meetings")
MARKETING = (
    "contacts",
    "form_submissions",
    "email_events",
    "marketing_event_participations",
    "web_events",
    "campaigns",
)
RECORD = ("id", "createdAt", "updatedAt", "archived")


@dataclass(frozen=True)
class HubSpotAccess:
    """Where HubSpot is asked, and the token of a private app that may read."""

    token: str = field(repr=False)
    base_url: str = DEFAULT_URL
    patience: Patience = PATIENT


def hubspot_feeds(access: HubSpotAccess, wanted: Mapping[str, frozenset[str]]) -> list[Feed]:
    """Feeds for the objects of `wanted`, which has the loose names of the columns read of each."""
    auth = Token(access.base_url, lambda: access.token, is_renewable=False)
    hubspot = _HubSpot(Api("HubSpot", access.base_url, TOKEN_SETTING, auth, access.patience), wanted)
    feeds = {
        "contacts": hubspot.contacts,
        "form_submissions": hubspot.form_submissions,
        "email_events": hubspot.email_events,
        "marketing_event_participations": hubspot.participations,
        "web_events": hubspot.web_events,
        "campaigns": hubspot.campaigns,
        "owners": hubspot.owners,
        "calls": hubspot.engagements,
        "deals": hubspot.deals,
        "deal_pipeline_stages": hubspot.stages,
    }
    return [Feed(name, ask) for name, ask in feeds.items() if name in wanted]


class _HubSpot:
    """One account: a method a feed."""

    def __init__(self, api: Api, wanted: Mapping[str, frozenset[str]]) -> None:
        self.api = api
        self.wanted = wanted

    def contacts(self, since: datetime | None) -> Iterator[Part]:
        """Contacts, and every value that owner and status of those that were modified have had."""
        history = ("contact_id", "name", "value", "timestamp", "source")
        if "contact_property_history" in self.wanted:
            yield Part("contact_property_history", history)
        for part in self._records("contacts", since):
            yield part
            if "contact_property_history" in self.wanted:
                rows = list(self._history(str(row["id"]) for row in part.rows if not row["archived"]))
                times = [read_instant(row["timestamp"]) for row in rows]
                yield Part("contact_property_history", history, rows, times)

    def deals(self, since: datetime | None) -> Iterator[Part]:
        """Deals, and the contacts of those that were modified."""
        for part in self._records("deals", since):
            yield part
            yield self._links("deal_contacts", "deals", ("deal_id", "contact_id"), part)

    def engagements(self, since: datetime | None) -> Iterator[Part]:
        """Calls, e-mails, messages and meetings, and whom those that were modified were with."""
        for name in ENGAGEMENTS:
            for part in self._records(name, since):
                yield part
                yield self._links("engagement_contacts", name, ("engagement_id", "contact_id"), part)

    def form_submissions(self, since: datetime | None) -> Iterator[Part]:
        """What was sent by every form, newest first; of people who are contacts still."""
        columns = ("conversion_id", "contact_id", "form_id", "title", "page_url", "timestamp")
        yield Part("form_submissions", columns)
        for forms in self._listed("/marketing/v3/forms"):
            for form in forms:
                path = f"/form-integrations/v1/submissions/forms/{form['id']}"
                for page in self._listed(path, limit=str(SUBMISSIONS_PAGE)):
                    sent = [(row, _email_in(row)) for row in page if _is_recent(row["submittedAt"], since)]
                    contacts = self._contacts_of({email for _, email in sent if email})
                    rows = [
                        {
                            "conversion_id": row["conversionId"],
                            "contact_id": contacts[email],
                            "form_id": form["id"],
                            "title": form["name"],
                            "page_url": row.get("pageUrl"),
                            "timestamp": row["submittedAt"],
                        }
                        for row, email in sent
                        if email in contacts
                    ]
                    times = [read_instant(row["timestamp"]) for row in rows]
                    yield Part("form_submissions", columns, rows, times)
                    if len(sent) < len(page):
                        break

    def email_events(self, since: datetime | None) -> Iterator[Part]:
        """E-mails that were opened and clicked."""
        columns = ("id", "type", "created", "recipient", "emailCampaignId", "url", "filteredEvent")
        yield Part("email_events", columns)
        for event_type in ("OPEN", "CLICK"):
            asked = {"eventType": event_type, "limit": str(EVENTS_PAGE)}
            if since is not None:
                asked["startTimestamp"] = str(_milliseconds(since))
            while True:
                answer = self.api.get("/email/public/v1/events", **asked)
                rows = [{column: event.get(column) for column in columns} for event in answer["events"]]
                yield Part("email_events", columns, rows, [read_instant(row["created"]) for row in rows])
                if not answer["hasMore"]:
                    break
                asked["offset"] = answer["offset"]

    def participations(self, since: datetime | None) -> Iterator[Part]:
        """Who came to every marketing event."""
        columns = ("id", "contact_id", "marketing_event_id", "attendance_state", "occurred_at")
        name = "marketing_event_participations"
        yield Part(name, columns)
        for events in self._listed("/marketing/v3/marketing-events"):
            for event in events:
                path = f"/marketing/v3/marketing-events/participations/{event['objectId']}/breakdown"
                for page in self._listed(path):
                    rows = [
                        {
                            "id": row["id"],
                            "contact_id": row["associations"]["contact"]["contactId"],
                            "marketing_event_id": event["objectId"],
                            "attendance_state": row["properties"]["attendanceState"],
                            "occurred_at": row["properties"]["occurredAt"],
                        }
                        for row in page
                        if _is_recent(row["createdAt"], since)
                    ]
                    times = [
                        read_instant(row["createdAt"]) for row in page if _is_recent(row["createdAt"], since)
                    ]
                    yield Part(name, columns, rows, times)

    def web_events(self, since: datetime | None) -> Iterator[Part]:
        """Pages that contacts have viewed."""
        columns = ("id", "objectId", "eventType", "occurredAt", "hs_page_id", "hs_url")
        yield Part("web_events", columns)
        asked = {"eventType": "e_visited_page", "objectType": "contact"}
        if since is not None:
            asked["occurredAfter"] = _iso(since)
        for page in self._listed("/events/v3/events", **asked):
            events = [event["properties"] | event for event in page]
            rows = [{column: event.get(column) for column in columns} for event in events]
            yield Part("web_events", columns, rows, [read_instant(row["occurredAt"]) for row in rows])

    def campaigns(self, since: datetime | None) -> Iterator[Part]:
        """All campaigns, with what each has cost so far."""
        names = (
            "hs_name",
            "hs_start_date",
            "hs_end_date",
            "hs_utm",
            "hs_spend_items_sum_amount",
            "hs_currency_code",
        )
        columns = ("id", "updatedAt", *names)
        yield Part("campaigns", columns)
        for page in self._listed("/marketing/v3/campaigns", properties=",".join(names)):
            rows = [
                {"id": row["id"], "updatedAt": row["updatedAt"]}
                | {name: row["properties"].get(name) for name in names}
                for row in page
            ]
            yield Part("campaigns", columns, rows)

    def owners(self, since: datetime | None) -> Iterator[Part]:
        """All owners, those who have left too, and their teams."""
        columns = ("id", "firstName", "lastName", "type", "updatedAt", "archived")
        links, teams = ("owner_id", "team_id", "is_team_primary"), ("id", "name")
        yield from (Part("owners", columns), Part("owner_teams", links), Part("teams", teams))
        named: dict[str, str] = {}
        for archived in ("false", "true"):
            for page in self._listed("/crm/v3/owners", archived=archived):
                yield Part(
                    "owners", columns, [{column: row.get(column) for column in columns} for row in page]
                )
                memberships = [(row["id"], team) for row in page for team in row.get("teams", ())]
                named |= {team["id"]: team["name"] for _, team in memberships}
                rows = [
                    {"owner_id": owner, "team_id": team["id"], "is_team_primary": team["primary"]}
                    for owner, team in memberships
                ]
                yield Part("owner_teams", links, rows)
        yield Part("teams", teams, [{"id": team, "name": name} for team, name in named.items()])

    def stages(self, since: datetime | None) -> Iterator[Part]:
        """The stages of every pipeline of deals, and which of them are won or lost."""
        columns = ("stage_id", "pipeline_id", "label", "is_closed", "closed_won")
        rows = [
            {
                "stage_id": stage["id"],
                "pipeline_id": pipeline["id"],
                "label": stage["label"],
                "is_closed": _is_closed(stage),
                "closed_won": _is_closed(stage) and float(stage["metadata"]["probability"]) == 1.0,
            }
            for pipeline in self.api.get("/crm/v3/pipelines/deals")["results"]
            for stage in pipeline["stages"]
        ]
        yield Part("deal_pipeline_stages", columns, rows)

    def _records(self, name: str, since: datetime | None) -> Iterator[Part]:
        """Records modified at or after `since`, and those deleted since then, a page at a time."""
        existing = self.api.get(f"/crm/v3/properties/{name}")["results"]
        named = [str(each["name"]) for each in existing]
        properties = columns_to_ask_for(named, self.wanted[name], given=RECORD)
        modified = MODIFIED.get(name, USUAL_MODIFIED)
        columns = (*RECORD, *properties)
        yield Part(name, columns)
        last_id = "0"
        while True:
            filters = [{"propertyName": "hs_object_id", "operator": "GT", "value": last_id}]
            if since is not None:
                value = str(_milliseconds(since))
                filters.append({"propertyName": modified, "operator": "GTE", "value": value})
            page = self.api.post(
                f"/crm/v3/objects/{name}/search",
                {
                    "filterGroups": [{"filters": filters}],
                    "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                    "properties": [*properties, modified],
                    "limit": PAGE,
                },
            )["results"]
            if page:
                yield _records_part(name, columns, page, "updatedAt")
            if len(page) < PAGE:
                break
            last_id = str(page[-1]["id"])
        for page in self._listed(f"/crm/v3/objects/{name}", archived="true", properties=",".join(properties)):
            deleted = [row for row in page if _is_recent(row["archivedAt"], since)]
            yield _records_part(name, columns, deleted, "archivedAt")

    def _history(self, contact_ids: Iterable[str]) -> Iterator[Row]:
        for some in _in_batches(contact_ids, HISTORY_BATCH):
            body = {"inputs": [{"id": each} for each in some], "propertiesWithHistory": list(HISTORY_OF)}
            for record in self.api.post("/crm/v3/objects/contacts/batch/read", body)["results"]:
                for name, versions in record["propertiesWithHistory"].items():
                    for version in versions:
                        yield {
                            "contact_id": record["id"],
                            "name": name,
                            "value": version["value"] or None,
                            "timestamp": version["timestamp"],
                            "source": version.get("sourceType"),
                        }

    def _links(self, name: str, of: str, columns: tuple[str, str], part: Part) -> Part:
        """The contacts of a part's records."""
        rows: list[Row] = []
        times: list[datetime] = []
        living = {
            str(row["id"]): at
            for row, at in zip(part.rows, part.modified_at or (), strict=True)
            if not row["archived"]
        }
        for some in _in_batches(living, PAGE):
            body = {"inputs": [{"id": each} for each in some]}
            answer = self.api.post(f"/crm/v4/associations/{of}/contacts/batch/read", body)
            for result in answer["results"]:
                record = str(result["from"]["id"])
                found = [
                    dict(zip(columns, (record, str(to["toObjectId"])), strict=True)) for to in result["to"]
                ]
                rows += found
                times += [living[record]] * len(found)
        return Part(name, columns, rows, times)

    def _contacts_of(self, emails: set[str]) -> dict[str, str]:
        """The contacts' ids by e-mail; an address that is nobody's is left out."""
        found: dict[str, str] = {}
        for some in _in_batches(sorted(emails), READ_BATCH):
            body: dict[str, Any] = {"idProperty": "email", "properties": ["email"]}
            body["inputs"] = [{"id": each} for each in some]
            for record in self.api.post("/crm/v3/objects/contacts/batch/read", body)["results"]:
                found[str(record["properties"]["email"]).lower()] = str(record["id"])
        return found

    def _listed(self, path: str, **asked: str) -> Iterator[list[Row]]:
        after = JSONResponseCursorPaginator(cursor_path="paging.next.after", cursor_param="after")
        return self.api.pages(path, "results", after, **({"limit": str(PAGE)} | asked))


def _records_part(name: str, columns: tuple[str, ...], page: list[Row], modified: str) -> Part:
    rows = []
    for record in page:
        values = {key: record.get(key) for key in RECORD} | record["properties"]
        if modified == "archivedAt":
            # The deletion is a version of its own: the last one that there is.
            values |= {"updatedAt": record[modified], MODIFIED.get(name, USUAL_MODIFIED): record[modified]}
        rows.append({column: values.get(column) for column in columns})
    return Part(name, columns, rows, [read_instant(record[modified]) for record in page])


def _in_batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    listed = list(ids)
    for first in range(0, len(listed), size):
        yield listed[first : first + size]


def _email_in(submission: Row) -> str:
    values = {value["name"]: value["value"] for value in submission["values"]}
    return str(values.get("email", "")).strip().lower()


def _is_recent(at: object, since: datetime | None) -> bool:
    return since is None or read_instant(at) >= since


def _is_closed(stage: Row) -> bool:
    return str(stage["metadata"].get("isClosed", "false")).lower() == "true"


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def _iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
