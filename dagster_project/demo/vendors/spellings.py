"""How exports and loaders spell one and the same object: names of columns, and forms of times.

What belongs here: spellings. What doesn't: which columns an object has.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from ..files import Extract, InstantText, zulu

HUBSPOT, SALESFORCE = "hubspot", "salesforce"
_EPOCH_COLUMNS = {("form_submissions", "timestamp"), ("email_events", "created")}
# What Fivetran has renamed beyond its rule, and the objects whose columns are properties to it.
_FIVETRAN_NAMES = {
    ("contacts", "archived"): "_fivetran_deleted",
    ("calls", "archived"): "_fivetran_deleted",
    ("emails", "archived"): "_fivetran_deleted",
    ("communications", "archived"): "_fivetran_deleted",
    ("meetings", "archived"): "_fivetran_deleted",
    ("deals", "archived"): "is_deleted",
    ("deals", "id"): "deal_id",
    ("deals", "pipeline"): "deal_pipeline_id",
    ("deals", "dealstage"): "deal_pipeline_stage_id",
    ("deals", "hubspot_owner_id"): "owner_id",
    ("calls", "id"): "engagement_id",
    ("emails", "id"): "engagement_id",
    ("communications", "id"): "engagement_id",
    ("meetings", "id"): "engagement_id",
    ("owners", "id"): "owner_id",
    ("web_events", "objectId"): "contact_id",
}
_WITH_PROPERTIES = ("contacts", "calls", "emails", "communications", "meetings", "deals", "campaigns")
_NO_PROPERTY = ("id", "archived", "updatedAt")
_STITCH_NAMES = {("lead_history", "OldValue"): "oldvalue__st", ("lead_history", "NewValue"): "newvalue__st"}


@dataclass(frozen=True)
class Loader:
    """One way from a vendor's API to a file. `column` takes the vendor, the object and the API's name."""

    name: str
    meaning: str
    column: Callable[[str, str, str], str]
    keeps_epochs: bool = False
    keeps_times: bool = False

    def spelled(self, vendor: str, extract: Extract) -> Extract:
        """The object as this loader writes it."""
        table = extract.table
        if self.keeps_epochs:
            for name in [column for object_name, column in _EPOCH_COLUMNS if object_name == extract.name]:
                milliseconds = table[name].cast(pa.timestamp("ms")).cast(pa.int64())
                table = table.set_column(table.column_names.index(name), name, milliseconds)
        names = [
            name if name == "delivered_on" else self.column(vendor, extract.name, name)
            for name in table.column_names
        ]
        return replace(extract, table=table.rename_columns(names))

    def instant(self, vendor: str) -> InstantText:
        """How this loader writes a time."""
        if not self.keeps_times:
            return zulu
        return _hubspot_time if vendor == HUBSPOT else _salesforce_time


def _as_in_the_api(vendor: str, object_name: str, name: str) -> str:
    return name


def _fivetran(vendor: str, object_name: str, name: str) -> str:
    renamed = _FIVETRAN_NAMES.get((object_name, name)) if vendor == HUBSPOT else None
    if renamed is not None:
        return renamed
    if vendor == HUBSPOT and object_name in _WITH_PROPERTIES and name not in _NO_PROPERTY:
        return "property_" + re.sub(r"([a-z])([0-9])", r"\1_\2", name)
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name.replace("__c", "_c"))
    return words.lower()


def _stitch(vendor: str, object_name: str, name: str) -> str:
    return _STITCH_NAMES.get((object_name, name), name.lower())


def _airbyte(vendor: str, object_name: str, name: str) -> str:
    is_property = vendor == HUBSPOT and object_name in _WITH_PROPERTIES and name not in _NO_PROPERTY
    return f"properties_{name}" if is_property else name


def _prefixed(vendor: str, object_name: str, name: str) -> str:
    is_property = vendor == HUBSPOT and object_name in _WITH_PROPERTIES and name not in _NO_PROPERTY
    return f"property_{name}" if is_property else name


def _hubspot_time(instants: pa.Array) -> pa.Array:
    """`2026-02-14T09:30:00.000Z`"""
    return pc.replace_substring(zulu(instants), "Z", ".000Z")


def _salesforce_time(instants: pa.Array) -> pa.Array:
    """`2026-02-14T09:30:00.000+0000`"""
    return pc.replace_substring(zulu(instants), "Z", ".000+0000")


LOADERS = {
    loader.name: loader
    for loader in (
        Loader("api", "the vendors' own names and times", _as_in_the_api, True, True),
        Loader("airbyte", "Airbyte: the API's names, HubSpot's properties flattened", _airbyte, True, True),
        Loader("fivetran", "Fivetran: snake case, HubSpot's properties prefixed", _fivetran),
        Loader("stitch", "Stitch: lower case", _stitch),
        Loader("prefixed", "HubSpot's names with the prefix property_", _prefixed, True, True),
    )
}
