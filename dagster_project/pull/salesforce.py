"""Salesforce's REST API: each object by a SOQL query, oldest modification first.

What belongs here: the queries. What doesn't: when and into which file rows are delivered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

from dagster_project.column_names import loose_name

from .api import PATIENT, Api, Patience, PullError, Token
from .days import read_instant
from .parts import Feed, Part, columns_to_ask_for

VERSION = "v62.0"
ID_SETTING, SECRET_SETTING = "SLA_PULL_SALESFORCE_ID", "SLA_PULL_SALESFORCE_SECRET"
SETTINGS = f"{ID_SETTING} and {SECRET_SETTING}"
OBJECTS = {
    "leads": "Lead",
    "lead_history": "LeadHistory",
    "contacts": "Contact",
    "campaigns": "Campaign",
    "campaign_members": "CampaignMember",
    "users": "User",
    "user_roles": "UserRole",
    "profiles": "Profile",
    "tasks": "Task",
    "events": "Event",
    "opportunities": "Opportunity",
    "opportunity_contact_roles": "OpportunityContactRole",
}
MODIFIED = {"LeadHistory": "CreatedDate"}
"""Where no other field tells the last modification than `SystemModstamp`, it is that one."""


@dataclass(frozen=True)
class SalesforceAccess:
    """Where and as whom Salesforce is asked: the org's own address, and a connected app that may use the
    client credentials flow."""

    base_url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    patience: Patience = PATIENT


def salesforce_feeds(access: SalesforceAccess, wanted: Mapping[str, frozenset[str]]) -> list[Feed]:
    """A feed for each object; `wanted` has the loose names of the columns that are read of each."""
    api = _connect(access)
    return [
        Feed(name, partial(_parts, api, name, sobject, wanted[name]))
        for name, sobject in OBJECTS.items()
        if name in wanted
    ]


def _connect(access: SalesforceAccess) -> Api:
    """An API that gets its token when it first needs one, and a new one when that has expired."""
    login = Api("Salesforce", access.base_url, SETTINGS, None, access.patience)

    def fetch() -> str:
        answer = login.post_form(
            "/services/oauth2/token",
            {
                "grant_type": "client_credentials",
                "client_id": access.client_id,
                "client_secret": access.client_secret,
            },
        )
        token = answer.get("access_token")
        if not isinstance(token, str):
            raise PullError(f"Salesforce gave no access token. Check {SETTINGS}.")
        return token

    auth = Token(access.base_url, fetch, is_renewable=True)
    return Api("Salesforce", access.base_url, SETTINGS, auth, access.patience)


def _parts(
    api: Api, name: str, sobject: str, wanted: frozenset[str], since: datetime | None
) -> Iterator[Part]:
    """One object's records modified at or after `since`, deleted ones included, a page at a time.

    Fields that the org doesn't have are left out. Raises PullError.
    """
    described = api.get(f"/services/data/{VERSION}/sobjects/{sobject}/describe")
    fields = [str(each["name"]) for each in described["fields"]]
    modified = MODIFIED.get(sobject, "SystemModstamp")
    asked = columns_to_ask_for(fields, wanted | {loose_name(modified)})
    yield Part(name, asked)
    query = f"SELECT {', '.join(asked)} FROM {sobject}"
    if since is not None:
        query += f" WHERE {modified} >= {since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    # queryAll, because query leaves out what was deleted or merged away.
    path = f"/services/data/{VERSION}/queryAll"
    pages = api.pages(
        path, "records", JSONLinkPaginator("nextRecordsUrl"), q=f"{query} ORDER BY {modified}, Id"
    )
    for page in pages:
        rows = [{column: row[column] for column in asked} for row in page]
        yield Part(name, asked, rows, [read_instant(row[modified]) for row in rows])
