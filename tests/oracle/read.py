"""The extracts of a landing folder: which files count, their rows, their types, and W (extracts.md, §3)."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as parquet

from .civil import DAY, MICROSECOND, local_date, midnight, read_timestamp
from .contract import Contracts, Version, loose, number_of, read_contracts, read_yaml

Row = dict[str, Any]

# extracts.md, "The standard format": a star marks a required column.
COLUMNS = {
    "contacts": "contact_id* created_at*:timestamp updated_at*:timestamp email job_title industry company "
    "employee_count annual_budget country declared_mql_at:timestamp merged_into_contact_id "
    "is_deleted:boolean",
    "touches": "touch_id* contact_id* occurred_at*:timestamp touch_type* content_type campaign_id",
    "campaigns": "campaign_id* campaign_name* channel started_on:date ended_on:date",
    "campaign_spend": "campaign_id* spend_date*:date amount*:number currency updated_at:timestamp",
    "users": "user_id* user_name department* is_active:boolean started_on:date ended_on:date "
    "updated_at:timestamp",
    "leads": "lead_id* created_at*:timestamp updated_at*:timestamp contact_id email owner_id status "
    "rejection_reason is_deleted:boolean",
    "lead_history": "history_id* lead_id* field* old_value new_value changed_at*:timestamp changed_by_id",
    "activities": "activity_id* lead_id contact_id user_id* activity_type* direction occurred_at*:timestamp "
    "outcome is_automated:boolean opportunity_id",
    "meetings": "meeting_id* lead_id contact_id user_id created_at*:timestamp scheduled_at:timestamp "
    "confirmed_at:timestamp status* updated_at*:timestamp",
    "opportunities": "opportunity_id* created_at*:timestamp updated_at*:timestamp lead_id contact_id "
    "owner_id amount:number currency stage is_closed*:boolean is_won*:boolean closed_at:timestamp "
    "is_deleted:boolean",
}
KEYS = {
    "contacts": ("contact_id",),
    "touches": ("touch_id",),
    "campaigns": ("campaign_id",),
    "campaign_spend": ("campaign_id", "spend_date"),
    "users": ("user_id",),
    "leads": ("lead_id",),
    "lead_history": ("history_id",),
    "activities": ("activity_id",),
    "meetings": ("meeting_id",),
    "opportunities": ("opportunity_id",),
}
ATTRIBUTES = ("job_title", "industry", "company", "employee_count", "annual_budget", "country")
TRUE, FALSE = ("true", "yes", "sí", "si", "1"), ("false", "no", "0")
FILE_NAME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.([^/]+?))?\.(csv|jsonl|parquet|csv\.gz|jsonl\.gz)")


csv.field_size_limit(1 << 24)


class CannotRun(ValueError):
    """There is no result to state (§3): an object without an extract, no known contract, a loop of merges."""


@dataclass
class Source:
    """One entry of `sources.yml`."""

    name: str
    zone: ZoneInfo
    currency: str
    encoding: str
    delimiter: str
    decimal: str
    delivery: dict[str, str]
    series_from: date | None
    required: list[str] | None
    rates: dict[str, Decimal]
    shared: list[str]


@dataclass
class History:
    """What is known as of W: the contracts, and every accepted row of every extract up to the as-of date."""

    contracts: Contracts
    complete_through: datetime
    rows: dict[str, list[Row]]
    shared: set[str]


def read_sources(path: Path) -> list[Source]:
    """The declared sources, in the order of the file."""
    found = []
    for name, block in read_yaml(path)["sources"].items():
        delivery = block.get("delivery", "daily")
        found.append(
            Source(
                name=name,
                zone=ZoneInfo(block.get("timezone", "UTC")),
                currency=str(block["currency"]).upper() if block.get("currency") else "",
                encoding={"utf-8": "utf-8-sig"}.get(
                    block.get("encoding", "utf-8"), block.get("encoding", "utf-8")
                ),
                delimiter=block.get("delimiter", ","),
                decimal=block.get("decimal", "."),
                delivery=delivery if isinstance(delivery, dict) else {"default": delivery},
                series_from=block.get("series_from"),
                required=block.get("required"),
                rates={str(k).upper(): Decimal(str(v)) for k, v in (block.get("rates") or {}).items()},
                shared=[str(mailbox).strip().lower() for mailbox in block.get("shared_emails") or []],
            )
        )
    return found


def extract_files(folder: Path, as_of: date | None) -> list[tuple[date, str | None, Path]]:
    """The extracts of one object at or before the as-of date: (extract date, part, file)."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        match = FILE_NAME.fullmatch(path.name)
        if match is None or not path.is_file() or path.name.startswith((".", "_")):
            continue
        extract_date = date.fromisoformat(match[1])
        if as_of is None or extract_date <= as_of:
            found.append((extract_date, match[2], path))
    return found


def complete_until(source: Source, object_name: str, dates: set[date]) -> datetime:
    """§3.1: the instant through which one object is complete."""
    if not dates:
        raise CannotRun(f"{source.name}/{object_name} is required and has no extract")
    if source.delivery.get(object_name, source.delivery.get("default", "daily")) == "dump":
        return midnight(max(dates) + DAY, source.zone)
    first = source.series_from or min(dates)
    if first not in dates:
        if not any(day > first for day in dates):
            raise CannotRun(f"{source.name}/{object_name} has no extract since {first}")
        return midnight(first, source.zone)
    last = first
    while last + DAY in dates:
        last += DAY
    return midnight(last + DAY, source.zone)


def _json_text(value: Any, source: Source) -> Any:
    """A JSON or Parquet value as the CSV of this source would write it; instants and dates stay typed."""
    if value is None or isinstance(value, datetime | date):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value).replace(".", source.decimal)
    return str(value)


def raw_rows(path: Path, source: Source) -> Iterator[tuple[int, Row | None]]:
    """(row number, {header: value}) of one file; null for a row whose form is broken."""
    if path.name.endswith(".parquet"):
        for number, record in enumerate(parquet.read_table(path).to_pylist(), start=1):
            yield number, {name: _json_text(value, source) for name, value in record.items()}
        return
    content = path.read_bytes()
    if path.name.endswith(".gz"):
        content = gzip.decompress(content)
    text = content.decode(source.encoding)
    if ".jsonl" in path.name:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                try:
                    record = json.loads(line, parse_float=Decimal)
                except json.JSONDecodeError:
                    record = None
                if isinstance(record, dict):
                    yield number, {name: _json_text(value, source) for name, value in record.items()}
                else:
                    yield number, None
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=source.delimiter)
    header = next(reader)
    for number, cells in enumerate(reader, start=1):
        if cells:
            yield number, dict(zip(header, cells, strict=True)) if len(cells) == len(header) else None


def _typed(value: Any, kind: str, source: Source) -> Any:
    """One value of a typed column; raises ValueError where it is unreadable or impossible."""
    if value is None:
        return None
    if kind == "timestamp":
        if isinstance(value, datetime):
            moment = value.replace(tzinfo=value.tzinfo or source.zone).astimezone(UTC).replace(tzinfo=None)
        else:
            moment = read_timestamp(str(value), source.zone)
        if not 1990 <= moment.year <= 2100:
            raise ValueError("impossible year")
        return moment
    if kind == "date":
        if not isinstance(value, date) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
            raise ValueError("no date")
        day = value if isinstance(value, date) else date.fromisoformat(value)
        if not 1990 <= day.year <= 2100:
            raise ValueError("impossible year")
        return day
    if kind == "boolean":
        if str(value).lower() not in TRUE + FALSE:
            raise ValueError("no boolean")
        return str(value).lower() in TRUE
    if kind == "number":
        number = number_of(str(value), source.decimal)
        if number is None:
            raise ValueError("no number")
        return number
    return str(value)


def standard_row(object_name: str, raw: Row, source: Source, currency: str) -> Row:
    """A row by the standard format's declaration; raises ValueError where it belongs in quarantine."""
    values = {}
    for header, value in raw.items():
        if isinstance(value, str) and ("\0" in value or len(value.encode()) > 1 << 20):
            raise ValueError("a NUL, or a field over 1 MiB")
        text = value.strip() if isinstance(value, str) else value
        values[loose(header)] = None if text == "" else text
    row: Row = {}
    listed = set()
    for entry in COLUMNS[object_name].split():
        name, _, kind = entry.partition(":")
        is_required, name = name.endswith("*"), name.rstrip("*")
        listed.add(loose(name))
        row[name] = _typed(values.get(loose(name)), kind or "text", source)
        if is_required and row[name] is None:
            raise ValueError(f"{name} is missing")
    if object_name == "contacts":
        # Attributes stay as they came, and are read as numbers by their source's decimal mark.
        row["attributes"] = {loose(name): row[name] for name in ATTRIBUTES}
        row["attributes"] |= {name: value for name, value in values.items() if name not in listed}
        row["attributes"]["email"] = row["email"]
        row["decimal"] = source.decimal
    if (
        object_name in ("activities", "meetings", "opportunities")
        and row["lead_id"] is None
        and row["contact_id"] is None
    ):
        raise ValueError("neither lead_id nor contact_id")
    if object_name == "campaign_spend" and row["amount"] < 0:
        raise ValueError("negative spend")
    if object_name == "opportunities":
        if row["is_won"] and not row["is_closed"]:
            raise ValueError("won but unclosed")
        if row["is_closed"] and (row["closed_at"] is None or row["closed_at"] < row["created_at"]):
            raise ValueError("closed without closed_at, or before created")
    if object_name in ("campaign_spend", "opportunities"):
        row["currency"] = (row["currency"] or source.currency).upper()
        rate = Decimal(1) if row["currency"] == currency else source.rates.get(row["currency"])
        if rate is None:
            raise ValueError("unknown currency")
        row["converted"] = (row["amount"] or Decimal(0)) * rate  # §9: a null amount is 0
    return row


def _known_versions(versions: list[Version], complete_through: datetime) -> list[Version]:
    """§3.2: every signature dated at or before the local date of the last instant before W."""
    return [
        version
        for version in versions
        if version.is_signed
        and all(
            signed_on <= local_date(complete_through - MICROSECOND, version.zone)
            for _, signed_on in version.signatures
        )
    ]


def read_history(extracts: Path, contracts: Path, sources: Path, as_of: date | None = None) -> History:
    """Everything that a run as of a date may use. Raises CannotRun where §3 allows no run."""
    declared = read_sources(sources)
    versions = read_contracts(contracts)
    currency = versions[0].currency
    files = {
        (source.name, name): extract_files(extracts / source.name / name, as_of)
        for source in declared
        for name in COLUMNS
    }
    ends = []
    for source in declared:
        required = source.required
        if required is None:
            required = [name for name in COLUMNS if files[source.name, name]]
        for name in required:
            ends.append(complete_until(source, name, {day for day, _, _ in files[source.name, name]}))
    if not ends:
        raise CannotRun("no required object")
    complete_through = min(ends)
    known = _known_versions(versions, complete_through)
    if not known:
        raise CannotRun("no signed contract version is known")
    rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    for position, source in enumerate(declared):
        for name in COLUMNS:
            for extract_date, part, path in files[source.name, name]:
                for number, raw in raw_rows(path, source):
                    if raw is None:
                        continue
                    try:
                        row = standard_row(name, raw, source, currency)
                    except (ValueError, OverflowError):
                        continue
                    # §3.3: the latest extract date, then the last by part name (no part first) and row.
                    row["rank"] = (extract_date, part is not None, (part or "").encode(), number, position)
                    rows[name].append(row)
    return History(
        contracts=Contracts(known),
        complete_through=complete_through,
        rows=rows,
        shared={mailbox for source in declared for mailbox in source.shared},
    )


def latest(history: History, object_name: str) -> dict[Any, Row]:
    """§3.3: one current record for each key, of the versions that are known as of W."""
    best: dict[Any, Row] = {}
    for row in history.rows[object_name]:
        updated_at = row.get("updated_at")
        if updated_at is not None and updated_at >= history.complete_through:
            continue
        row_rank = (updated_at or datetime.min, row["rank"])
        key = tuple(row[name] for name in KEYS[object_name])
        key = key[0] if len(key) == 1 else key
        if key not in best or row_rank >= (best[key].get("updated_at") or datetime.min, best[key]["rank"]):
            best[key] = row
    return best


def versions_of(history: History, object_name: str) -> dict[str, list[Row]]:
    """§3.3: contacts and meetings keep one version for each `updated_at`, in the order of time."""
    best: dict[tuple[str, datetime], Row] = {}
    for row in history.rows[object_name]:
        if row["updated_at"] >= history.complete_through:
            continue
        key = (row[KEYS[object_name][0]], row["updated_at"])
        if key not in best or row["rank"] >= best[key]["rank"]:
            best[key] = row
    found: dict[str, list[Row]] = {}
    for (record_id, _), row in sorted(best.items(), key=lambda item: item[0]):
        found.setdefault(record_id, []).append(row)
    return found
