"""A server on this machine's loopback that plays HubSpot's and Salesforce's APIs from a history's extracts.

It knows every version of every record and answers as of its `now`, in pages, with the errors that it is told to give.
What it doesn't know it answers with 404: a pull that asks for anything else fails a test.
"""

from __future__ import annotations

import json
import re
import threading
import traceback
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dagster_project.demo import History, Shape
from dagster_project.demo.vendors import sources_of
from tests.vendor_records import Row, current_rows, instant_of, object_of, page_of, record_of, records_of

Rows = dict[str, list[Row]]
HUBSPOT_TOKEN = "pat-of-an-invented-account"
CLIENT = ("invented-key", "invented-secret")
SALESFORCE_PAGE = 8
CRM_OBJECTS = ("contacts", "deals", "calls", "emails", "communications", "meetings")
# Fields of objects that exist in every org, used or not.
UNUSED_FIELDS = {
    "campaigns": "Id Name Type StartDate EndDate ActualCost LastModifiedDate SystemModstamp IsDeleted",
    "campaign_members": "Id CampaignId LeadId ContactId Status HasResponded FirstRespondedDate "
    "SystemModstamp IsDeleted",
    "profiles": "Id Name SystemModstamp",
}


@dataclass
class Faults:
    """Errors to give: by the number of a request, a status; by number, an event to wait for before answering."""

    status: dict[int, int] = field(default_factory=dict)
    expire_after: int | None = None
    hold_from: int | None = None


class VendorServer:
    """Both APIs over one history; `requests` are the paths asked for, in order."""

    def __init__(self, history: History, family: str) -> None:
        self.versions: dict[str, Rows] = {}
        self.columns: dict[str, dict[str, list[str]]] = {}
        for source in sources_of(history, Shape(family)):
            vendor = "salesforce" if source.name == "crm" else "hubspot"
            tables = {
                extract.name: extract.table.drop_columns(["delivered_on"]) for extract in source.extracts()
            }
            self.versions[vendor] = {name: records_of(vendor, table) for name, table in tables.items()}
            self.columns[vendor] = {name: table.column_names for name, table in tables.items()}
        self.now = datetime.max.replace(tzinfo=UTC)
        self.faults = Faults()
        self.requests: list[str] = []
        self.is_held = threading.Event()
        self.released = threading.Event()
        self._known: dict[tuple[str, str, datetime], list[Row]] = {}
        self._tokens = 0
        self._asked_with_token = 0
        self._cursors: dict[str, list[Row]] = {}
        self._lock = threading.Lock()
        self.url = ""

    @property
    def settings(self) -> dict[str, str]:
        """What `make pull` has to be told to ask this server."""
        given = {"SLA_PULL_HUBSPOT_TOKEN": HUBSPOT_TOKEN, "SLA_PULL_HUBSPOT_URL": self.url}
        if "salesforce" in self.versions:
            key, secret = CLIENT
            given |= {"SLA_PULL_SALESFORCE_URL": self.url, "SLA_PULL_SALESFORCE_ID": key}
            given["SLA_PULL_SALESFORCE_SECRET"] = secret
        return given

    @contextmanager
    def running(self) -> Iterator[VendorServer]:
        """Serve on a free port of the loopback until the block ends."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            self.released.set()
            server.shutdown()
            server.server_close()

    # What there is

    def current(self, vendor: str, name: str) -> list[Row]:
        """Each record's last version at `now`; rows that are events are all there."""
        known = (vendor, name, self.now)
        if known not in self._known:
            self._known[known] = current_rows(self.versions.get(vendor, {}).get(name, []), name, self.now)
        return self._known[known]

    # How it is asked

    def answer(
        self, method: str, url: str, headers: dict[str, str], body: str
    ) -> tuple[int, Any, dict[str, str]]:
        """(status, what to say, further headers)"""
        parts = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self._lock:
            self.requests.append(parts.path)
            number = len(self.requests)
        if self.faults.hold_from is not None and number >= self.faults.hold_from:
            self.is_held.set()
            self.released.wait(60)
        status = self.faults.status.pop(number, None)
        if status is not None:
            return status, {"message": "not now"}, {"Retry-After": "1"} if status == 429 else {}
        if parts.path == "/services/oauth2/token":
            return self._token(parse_qs(body))
        if parts.path.startswith("/services/data/"):
            return self._salesforce(parts.path, asked, headers)
        if headers.get("authorization") != f"Bearer {HUBSPOT_TOKEN}":
            return 401, {"category": "INVALID_AUTHENTICATION"}, {}
        said = self._hubspot(method, parts.path, asked, json.loads(body) if body else {})
        return (404, {"category": "OBJECT_NOT_FOUND"}, {}) if said is None else (200, said, {})

    def _token(self, form: dict[str, list[str]]) -> tuple[int, Any, dict[str, str]]:
        if (form["client_id"][0], form["client_secret"][0]) != CLIENT:
            return 400, {"error": "invalid_client"}, {}
        self._tokens += 1
        self._asked_with_token = 0
        return 200, {"access_token": f"token-{self._tokens}", "instance_url": "https://elsewhere.invalid"}, {}

    def _salesforce(
        self, path: str, asked: dict[str, str], headers: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        self._asked_with_token += 1
        is_expired = (
            self.faults.expire_after is not None and self._asked_with_token > self.faults.expire_after
        )
        if is_expired or headers.get("authorization") != f"Bearer token-{self._tokens}":
            return 401, [{"errorCode": "INVALID_SESSION_ID"}], {}
        described = re.fullmatch(r"/services/data/v[0-9.]+/sobjects/(\w+)/describe", path)
        if described:
            name = object_of(described[1])
            fields = self.columns["salesforce"].get(name) or UNUSED_FIELDS[name].split()
            return 200, {"fields": [{"name": field} for field in fields]}, {}
        rows = self._selected(asked["q"]) if path.endswith("/queryAll") else self._cursors.pop(path)
        rest = rows[SALESFORCE_PAGE:]
        said: Row = {"totalSize": len(rows), "done": not rest, "records": rows[:SALESFORCE_PAGE]}
        if rest:
            said["nextRecordsUrl"] = f"/services/data/v62.0/query/{len(self.requests):06}-{SALESFORCE_PAGE}"
            self._cursors[said["nextRecordsUrl"]] = rest
        return 200, said, {}

    def _selected(self, query: str) -> list[Row]:
        found = re.fullmatch(
            r"SELECT (?P<fields>[\w, ]+) FROM (?P<object>\w+)( WHERE (?P<modified>\w+) >= (?P<since>[0-9TZ:-]+))?"
            r" ORDER BY (?P<order>\w+), Id",
            query,
        )
        assert found, query
        rows = self.current("salesforce", object_of(found["object"]))
        if found["since"]:
            rows = [row for row in rows if instant_of(row[found["modified"]]) >= instant_of(found["since"])]
        rows = sorted(rows, key=lambda row: (row[found["order"]], row["Id"]))
        return [
            {name: row[name] for name in found["fields"].split(", ")} | {"attributes": {}} for row in rows
        ]

    def _hubspot(self, method: str, path: str, asked: dict[str, str], body: Row) -> Row | None:
        for pattern, answer in _HUBSPOT.items():
            found = re.fullmatch(pattern, f"{method} {path}")
            if found:
                said: Row | None = answer(self, *found.groups(), asked, body)
                return said
        return None

    # HubSpot, path by path

    def _properties(self, name: str, asked: Row, body: Row) -> Row:
        named = [each for each in self.columns["hubspot"][name] if each not in ("id", "archived")]
        return {"results": [{"name": each} for each in ["hs_object_id", *named]]}

    def _search(self, name: str, asked: Row, body: Row) -> Row:
        rows = [row for row in self.current("hubspot", name) if not row["archived"]]
        for each in body["filterGroups"][0]["filters"]:
            if each["propertyName"] == "hs_object_id":
                rows = [row for row in rows if int(row["id"]) > int(each["value"])]
            else:
                rows = [
                    row for row in rows if instant_of(row[each["propertyName"]]) >= instant_of(each["value"])
                ]
        rows = sorted(rows, key=lambda row: int(row["id"]))[: body["limit"]]
        return {"results": [record_of(name, row, body["properties"]) for row in rows]}

    def _objects(self, name: str, asked: Row, body: Row) -> Row:
        assert asked["archived"] == "true"
        rows = [row for row in self.current("hubspot", name) if row["archived"]]
        records = [record_of(name, row, asked["properties"].split(",")) for row in rows]
        return page_of([record | {"archivedAt": record["updatedAt"]} for record in records], asked)

    def _batch_read(self, asked: Row, body: Row) -> Row:
        contacts = [row for row in self.current("hubspot", "contacts") if not row["archived"]]
        by = body.get("idProperty", "id")
        wanted = {each["id"] for each in body["inputs"]}
        rows = [row for row in contacts if str(row[by]).lower() in wanted]
        records = [record_of("contacts", row, body.get("properties", [])) for row in rows]
        for record in records if "propertiesWithHistory" in body else ():
            record["propertiesWithHistory"] = {
                name: [
                    {
                        "value": change["value"] or "",
                        "timestamp": change["timestamp"],
                        "sourceType": change["source"],
                    }
                    for change in self._history_of(record["id"])
                    if change["name"] == name
                ]
                for name in body["propertiesWithHistory"]
            }
        return {"results": records}

    def _history_of(self, contact_id: str) -> list[Row]:
        rows = self.current("hubspot", "contact_property_history")
        return [row for row in rows if row["contact_id"] == contact_id]

    def _associations(self, name: str, asked: Row, body: Row) -> Row:
        table, key = (
            ("deal_contacts", "deal_id") if name == "deals" else ("engagement_contacts", "engagement_id")
        )
        links: dict[str, list[Row]] = defaultdict(list)
        for row in self.versions["hubspot"][table]:
            if {"toObjectId": row["contact_id"]} not in links[row[key]]:
                links[row[key]].append({"toObjectId": row["contact_id"]})
        wanted = [each["id"] for each in body["inputs"]]
        return {"results": [{"from": {"id": each}, "to": links[each]} for each in wanted if links[each]]}

    def _forms(self, asked: Row, body: Row) -> Row:
        forms = {row["form_id"]: row["title"] for row in self.versions["hubspot"]["form_submissions"]}
        return page_of([{"id": key, "name": title} for key, title in sorted(forms.items())], asked)

    def _submissions(self, form: str, asked: Row, body: Row) -> Row:
        emails = {row["id"]: row["email"] for row in self.versions["hubspot"]["contacts"]}
        rows = [row for row in self.current("hubspot", "form_submissions") if row["form_id"] == form]
        rows = sorted(rows, key=lambda row: -int(row["timestamp"]))
        sent = [
            {
                "conversionId": row["conversion_id"],
                "submittedAt": row["timestamp"],
                "pageUrl": row["page_url"],
                "values": [{"name": "email", "value": emails[row["contact_id"]]}],
            }
            for row in rows
        ]
        return page_of(sent, asked)

    def _email_events(self, asked: Row, body: Row) -> Row:
        rows = [row for row in self.current("hubspot", "email_events") if row["type"] == asked["eventType"]]
        rows = [row for row in rows if int(row["created"]) >= int(asked.get("startTimestamp", 0))]
        first = int(asked.get("offset", 0))
        last = first + 40
        return {"events": rows[first:last], "hasMore": last < len(rows), "offset": str(last)}

    def _marketing_events(self, asked: Row, body: Row) -> Row:
        rows = self.current("hubspot", "marketing_event_participations")
        return page_of(
            [{"objectId": each} for each in sorted({row["marketing_event_id"] for row in rows})], asked
        )

    def _breakdown(self, event: str, asked: Row, body: Row) -> Row:
        rows = self.current("hubspot", "marketing_event_participations")
        said = [
            {
                "id": row["id"],
                "createdAt": row["occurred_at"],
                "associations": {"contact": {"contactId": row["contact_id"]}},
                "properties": {"attendanceState": row["attendance_state"], "occurredAt": row["occurred_at"]},
            }
            for row in rows
            if row["marketing_event_id"] == event
        ]
        return page_of(said, asked)

    def _web_events(self, asked: Row, body: Row) -> Row:
        rows = self.current("hubspot", "web_events")
        if "occurredAfter" in asked:
            rows = [
                row for row in rows if instant_of(row["occurredAt"]) >= instant_of(asked["occurredAfter"])
            ]
        said = [
            {name: row[name] for name in ("id", "objectId", "eventType", "occurredAt")}
            | {"properties": {"hs_url": row["hs_url"]}}
            for row in rows
        ]
        return page_of(said, asked)

    def _campaigns(self, asked: Row, body: Row) -> Row:
        names = asked["properties"].split(",")
        rows = self.current("hubspot", "campaigns")
        said = [
            {
                "id": row["id"],
                "updatedAt": row["updatedAt"],
                "properties": {name: row[name] for name in names},
            }
            for row in rows
        ]
        return page_of(said, asked)

    def _owners(self, asked: Row, body: Row) -> Row:
        teams = {row["id"]: row["name"] for row in self.versions["hubspot"]["teams"]}
        links = {row["owner_id"]: row["team_id"] for row in self.versions["hubspot"]["owner_teams"]}
        rows = [
            row | {"teams": [{"id": links[row["id"]], "name": teams[links[row["id"]]], "primary": True}]}
            for row in self.current("hubspot", "owners")
            if str(row["archived"]).lower() == asked["archived"]
        ]
        return page_of(rows, asked)

    def _pipelines(self, asked: Row, body: Row) -> Row:
        stages = [
            {
                "id": row["stage_id"],
                "label": row["label"],
                "metadata": {
                    "isClosed": str(row["is_closed"]).lower(),
                    "probability": "1.0" if row["closed_won"] else "0.0",
                },
            }
            for row in self.versions["hubspot"]["deal_pipeline_stages"]
        ]
        return {"results": [{"id": "default", "stages": stages}]}


_HUBSPOT: dict[str, Any] = {
    r"GET /crm/v3/properties/(\w+)": VendorServer._properties,
    r"POST /crm/v3/objects/(\w+)/search": VendorServer._search,
    r"POST /crm/v3/objects/contacts/batch/read": VendorServer._batch_read,
    r"GET /crm/v3/objects/(\w+)": VendorServer._objects,
    r"POST /crm/v4/associations/(\w+)/contacts/batch/read": VendorServer._associations,
    r"GET /marketing/v3/forms": VendorServer._forms,
    r"GET /form-integrations/v1/submissions/forms/([\w-]+)": VendorServer._submissions,
    r"GET /email/public/v1/events": VendorServer._email_events,
    r"GET /marketing/v3/marketing-events": VendorServer._marketing_events,
    r"GET /marketing/v3/marketing-events/participations/(\w+)/breakdown": VendorServer._breakdown,
    r"GET /events/v3/events": VendorServer._web_events,
    r"GET /marketing/v3/campaigns": VendorServer._campaigns,
    r"GET /crm/v3/owners": VendorServer._owners,
    r"GET /crm/v3/pipelines/deals": VendorServer._pipelines,
}


def _handler_of(vendors: VendorServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                status, said, further = vendors.answer(self.command, self.path, headers, body)
            except Exception as error:  # a test shows it: the pull fails by this
                status, said, further = 418, {"error": type(error).__name__}, {}
                traceback.print_exc()
            content = json.dumps(said).encode()
            self.send_response(status)
            for name, value in further.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
