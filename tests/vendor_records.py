"""What the vendors' APIs answer with: a history's records as of an instant, in the form and the pages of an API.

What belongs here: records. What doesn't: addresses, tokens and errors (`vendor_server`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from dagster_project.demo.vendors.spellings import LOADERS
from dagster_project.pull.salesforce import OBJECTS as SOBJECTS

Row = dict[str, Any]
MODIFIED = {
    "contacts": "lastmodifieddate",
    "campaigns": "updatedAt",
    "owners": "updatedAt",
    "contact_property_history": "timestamp",
    "form_submissions": "timestamp",
    "email_events": "created",
    "marketing_event_participations": "occurred_at",
    "web_events": "occurredAt",
    "lead_history": "CreatedDate",
}


def night_after(day: date) -> datetime:
    """Half past midnight in Mexico City, when `day` is over."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, hours=6, minutes=30)


def current_rows(versions: list[Row], name: str, now: datetime) -> list[Row]:
    """Each record's last version at an instant, in the order of their first ones."""
    found: dict[object, Row] = {}
    candidates = ("SystemModstamp", MODIFIED.get(name), "hs_lastmodifieddate")
    for number, row in enumerate(versions):
        modified = next((each for each in candidates if each in row), None)
        if modified is not None and instant_of(row[modified]) >= now:
            continue
        key = row.get("id") or row.get("Id") or row.get("conversion_id") or number
        if (
            key not in found
            or modified is None
            or instant_of(row[modified]) >= instant_of(found[key][modified])
        ):
            found[key] = row
    return list(found.values())


def records_of(vendor: str, table: pa.Table) -> list[Row]:
    """An extract's rows as an API gives them: times as text, whatever a CSV file holds."""
    columns = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if pa.types.is_timestamp(column.type):
            column = LOADERS["api"].instant(vendor)(column)
        elif pa.types.is_date(column.type) or pa.types.is_decimal(column.type):
            column = column.cast(pa.string())
        columns[name] = column
    return [*pa.table(columns).to_pylist()]


def object_of(sobject: str) -> str:
    return next(name for name, each in SOBJECTS.items() if each == sobject)


def record_of(name: str, row: Row, properties: list[str]) -> Row:
    modified = row[MODIFIED.get(name, "hs_lastmodifieddate")]
    return {
        "id": row["id"],
        "createdAt": row.get("createdate") or row.get("hs_createdate") or modified,
        "updatedAt": modified,
        "archived": row["archived"],
        "properties": {each: row[each] for each in properties if each in row} | {"hs_object_id": row["id"]},
    }


def page_of(rows: list[Row], asked: Row) -> Row:
    first = int(asked.get("after", 0))
    last = first + int(asked["limit"])
    said: Row = {"results": rows[first:last]}
    if last < len(rows):
        said["paging"] = {"next": {"after": str(last), "link": "https://elsewhere.invalid/next"}}
    return said


def instant_of(text: object) -> datetime:
    if str(text).isdigit():
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(str(text)))
    return datetime.fromisoformat(str(text))
