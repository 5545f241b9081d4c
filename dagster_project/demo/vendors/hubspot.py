"""The history's marketing as HubSpot's API gives it: contacts, events and campaigns.

What belongs here: which object and property holds what. What doesn't: how loaders spell the
properties, and what sales does in HubSpot (`hubspot_crm`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..draws import Whole
from ..files import Extract
from ..history import History
from .frames import dates, extract_of, frame_of, numbers
from .ids import hubspot_ids

FIRST_CONTACT = 7_100_000_001
SITE = "https://www.software-de-ejemplo.example"
FORM_PREFIX = "5d1c0a70-0000-4000-8000-"

FORMS = {
    "contact": "Contacto",
    "raffle": "Sorteo de tabletas",
    "guide": "Descargar la guía",
    "case_study": "Descargar un caso de éxito",
    "pricing": "Descargar la lista de precios",
    "demo": "Pedir una demostración",
}
"""The forms by what they are about, in the order of their ids."""
EMAIL_CAMPAIGNS = {"newsletter": "81000001"}
MARKETING_EVENTS = {"webinar": "92000001", "event_visit": "92000002"}
PAGES = {"blog": "/blog", "product": "/producto", "pricing": "/precios"}
BY_FORM = ("form_submission", "content_download", "info_request")
EMAIL_EVENT_TYPES = {"email_open": "OPEN", "email_click": "CLICK"}


def contact_ids(contacts: Whole) -> pa.Array:
    """Record ids of contacts; null for -1."""
    return hubspot_ids(contacts, FIRST_CONTACT)


def form_id(content_type: str) -> str:
    """The id of the form that is about something."""
    return f"{FORM_PREFIX}{list(FORMS).index(content_type) + 1:012}"


def marketing_extracts(history: History) -> Iterator[Extract]:
    """Every object that marketing keeps, one after the other."""
    yield contacts_extract(contact_versions(history))
    touches = frame_of(history, "touches")
    yield _form_submissions(touches)
    yield _email_events(history, touches)
    yield _participations(touches)
    yield _web_events(touches)
    yield _campaigns(history)


def contact_versions(history: History) -> pd.DataFrame:
    """The versions of contacts, without those that say where a contact was merged to.

    HubSpot says so on the survivor: it has a version of the moment of each merge, whose
    `merged_ids` name all contacts that were merged into it so far.
    """
    versions = frame_of(history, "contacts").assign(merged_id=-1)
    is_merged = versions["merged_into_contact_id"] >= 0
    merges = versions.loc[is_merged].drop_duplicates("contact_id")
    survivor = versions.loc[~is_merged].sort_values("updated_at")
    at_merge = pd.merge_asof(
        merges[["contact_id", "merged_into_contact_id", "updated_at", "delivered_on"]]
        .rename(columns={"contact_id": "merged", "merged_into_contact_id": "contact_id"})
        .sort_values("updated_at"),
        survivor.drop(columns=["delivered_on", "merged_id"]).assign(known_at=survivor["updated_at"]),
        on="updated_at",
        by="contact_id",
    ).dropna(subset="known_at")
    at_merge = at_merge.assign(merged_id=at_merge["merged"])[versions.columns]
    all_versions = pd.concat([versions.loc[~is_merged], at_merge]).sort_values(
        ["updated_at", "contact_id"], ignore_index=True, kind="stable"
    )
    return all_versions.assign(merged_ids=_merged_so_far(all_versions))


def _merged_so_far(versions: pd.DataFrame) -> pd.Series[Any]:
    """The ids merged into each version's contact up to it, separated by semicolons; null for none."""
    merged = pd.Series(contact_ids(numbers(versions["merged_id"])).to_pandas(), dtype="string")
    so_far = pd.Series(pd.NA, index=versions.index, dtype="string")
    turn = (versions["merged_id"] >= 0).groupby(versions["contact_id"]).cumsum()
    for number in range(1, int(turn.max()) + 1):
        new = merged.where((turn == number) & merged.notna())
        added = new.groupby(versions["contact_id"]).transform("first")
        so_far = so_far.where(turn < number, so_far.str.cat(added, sep=";").fillna(added))
    return so_far


def contacts_extract(versions: pd.DataFrame, sales: dict[str, Any] | None = None) -> Extract:
    """The object `contacts`; `sales` are the properties that sales keeps on them, where it does."""
    return extract_of(
        "contacts",
        {
            "id": contact_ids(numbers(versions["contact_id"])),
            "createdate": versions["created_at"],
            "lastmodifieddate": versions["updated_at"],
            "email": versions["email"],
            "jobtitle": versions["job_title"],
            "industry": versions["industry"],
            "company": versions["company"],
            "numemployees": versions["employee_count"],
            "annual_budget": versions["annual_budget"],
            "country": versions["country"],
            "state": versions["state"],
            "hs_v2_date_entered_marketingqualifiedlead": versions["declared_mql_at"],
            "hs_merged_object_ids": versions["merged_ids"],
            **(sales or {}),
            "archived": versions["is_deleted"],
        },
        versions["delivered_on"],
    )


def _campaign_guids(campaigns: Whole) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(campaigns).cast(pa.string()), 12, "0")
    guids = pc.binary_join_element_wise("c3a0b1d2-0000-4000-8000-", digits, "")
    return pc.if_else(pa.array(campaigns >= 0), guids, pa.scalar(None, pa.string()))


def _utm(campaigns: Whole) -> pa.Array:
    words = pc.binary_join_element_wise("campana-", pa.array(campaigns).cast(pa.string()), "")
    return pc.if_else(pa.array(campaigns >= 0), words, pa.scalar(None, pa.string()))


def _addresses(paths: pd.Series[Any], campaigns: Whole) -> pa.Array:
    """Addresses of pages, with the campaign that led there as `utm_campaign`."""
    plain = pc.binary_join_element_wise(SITE, pa.array(paths, pa.string(), from_pandas=True), "")
    marked = pc.binary_join_element_wise(plain, _utm(campaigns), "?utm_campaign=")
    return pc.coalesce(marked, plain)


def _form_submissions(touches: pd.DataFrame) -> Extract:
    """Contact forms, downloads and requests: in HubSpot all of them are forms."""
    sent = touches.loc[touches["touch_type"].isin(BY_FORM)].reset_index(drop=True)
    slugs = {content: f"/formularios/{content.replace('_', '-')}" for content in FORMS}
    return extract_of(
        "form_submissions",
        {
            "conversion_id": hubspot_ids(numbers(sent["touch_id"]), 1),
            "contact_id": contact_ids(numbers(sent["contact_id"])),
            "form_id": sent["content_type"].map({content: form_id(content) for content in FORMS}),
            "title": sent["content_type"].map(FORMS),
            "page_url": _addresses(sent["content_type"].map(slugs), numbers(sent["campaign_id"])),
            "timestamp": sent["occurred_at"],
        },
        sent["delivered_on"],
    )


def _email_events(history: History, touches: pd.DataFrame) -> Extract:
    """Opens and clicks, which name an address and no contact."""
    read = touches.loc[touches["touch_type"].isin(list(EMAIL_EVENT_TYPES))].reset_index(drop=True)
    contacts = frame_of(history, "contacts").drop_duplicates("contact_id").set_index("contact_id")
    is_click = read["touch_type"] == "email_click"
    return extract_of(
        "email_events",
        {
            "id": hubspot_ids(numbers(read["touch_id"]), 1),
            "type": read["touch_type"].map(EMAIL_EVENT_TYPES),
            "created": read["occurred_at"],
            "recipient": read["contact_id"].map(contacts["email"]),
            "emailCampaignId": read["content_type"].map(EMAIL_CAMPAIGNS),
            "url": pd.Series(SITE, index=read.index).where(is_click),
            "filteredEvent": False,
            "campaign_id": _campaign_guids(numbers(read["campaign_id"])),
        },
        read["delivered_on"],
    )


def _participations(touches: pd.DataFrame) -> Extract:
    came = touches.loc[touches["content_type"].isin(list(MARKETING_EVENTS))].reset_index(drop=True)
    return extract_of(
        "marketing_event_participations",
        {
            "id": hubspot_ids(numbers(came["touch_id"]), 1),
            "contact_id": contact_ids(numbers(came["contact_id"])),
            "marketing_event_id": came["content_type"].map(MARKETING_EVENTS),
            "attendance_state": "ATTENDED",
            "occurred_at": came["occurred_at"],
            "campaign_id": _campaign_guids(numbers(came["campaign_id"])),
        },
        came["delivered_on"],
        every_day=False,
    )


def _web_events(touches: pd.DataFrame) -> Extract:
    seen = touches.loc[touches["touch_type"] == "page_view"].reset_index(drop=True)
    return extract_of(
        "web_events",
        {
            "id": hubspot_ids(numbers(seen["touch_id"]), 1),
            "objectId": contact_ids(numbers(seen["contact_id"])),
            "eventType": "e_visited_page",
            "occurredAt": seen["occurred_at"],
            "hs_url": _addresses(seen["content_type"].map(PAGES), numbers(seen["campaign_id"])),
        },
        seen["delivered_on"],
    )


def _campaigns(history: History) -> Extract:
    """Every day each campaign that is known by then, with what it has cost so far."""
    known = frame_of(history, "campaigns").drop_duplicates("campaign_id")
    days = pd.DataFrame({"delivered_on": pd.date_range(history.first_day, history.last_day, unit="s")})
    grid = known.rename(columns={"delivered_on": "known_on"}).merge(days, how="cross")
    grid = grid.loc[grid["known_on"] <= grid["delivered_on"]]
    grid = grid.merge(_spent(history), on=["campaign_id", "delivered_on"], how="left").sort_values(
        ["delivered_on", "campaign_id"], ignore_index=True
    )
    grid["cents"] = grid["cents"].fillna(0).groupby(grid["campaign_id"]).cumsum().astype("int64")
    number = numbers(grid["campaign_id"])
    spend = frame_of(history, "campaign_spend").drop_duplicates("campaign_id").set_index("campaign_id")
    modified = grid["delivered_on"] + pd.Timedelta(hours=23, seconds=-history.utc_offset_seconds)
    return extract_of(
        "campaigns",
        {
            "id": _campaign_guids(number),
            "hs_name": grid["campaign_name"],
            "hs_start_date": dates(grid["started_on"]),
            "hs_end_date": dates(grid["ended_on"]),
            "hs_utm": _utm(number),
            "hs_spend_items_sum_amount": _money(grid["cents"]),
            "hs_currency_code": grid["campaign_id"].map(spend["currency"]),
            "updatedAt": modified,
        },
        grid["delivered_on"],
    )


def _spent(history: History) -> pd.DataFrame:
    """What each campaign's total grew by on each day: costs, and what corrections changed."""
    spend = frame_of(history, "campaign_spend").sort_values(["delivered_on", "updated_at"], kind="stable")
    cents = (spend["amount"] * 100).astype("int64")
    before = cents.groupby([spend["campaign_id"], spend["spend_date"]]).shift(fill_value=0)
    grown = spend.assign(cents=cents - before)
    return grown.groupby(["campaign_id", "delivered_on"])["cents"].sum().reset_index()


def _money(cents: pd.Series[Any]) -> pa.Array:
    text = (cents // 100).astype(str) + "." + (cents % 100).astype(str).str.zfill(2)
    return pa.array(text, pa.string()).cast(pa.decimal128(14, 2))
