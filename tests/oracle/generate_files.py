"""How a generated history is delivered: schedules, parts, formats, encodings, repeats, corrections, bad rows."""

from __future__ import annotations

import csv
import gzip
import io
import json
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from .civil import DAY, local_date, local_to_utc
from .generate_world import HOUR, MICRO, Fact, SourceDraft, World
from .read import COLUMNS

OFFSETS = ("Z", "Z", "+05:30", "-0300", "+02", "-11:00")
PARTS = ("a0", "a1", "a2", "p0", "p1", "p2", "Z", "10", "9")
BOOLEANS = {
    True: ("true", "True", "yes", "sí", "SI", "1"),
    False: ("false", "FALSE", "no", "No", "0"),
}
OPTIONAL_OBJECTS = ("campaign_spend", "meetings")


def columns_of(name: str) -> list[tuple[str, str, bool]]:
    """(column, kind, required) of an object; contacts get a further attribute."""
    found = []
    for entry in COLUMNS[name].split():
        column, _, kind = entry.partition(":")
        found.append((column.rstrip("*"), kind or "text", column.endswith("*")))
    if name == "contacts":
        found.append(("region", "text", False))
    return found


# --- when -----------------------------------------------------------------------------------------------


def _daily(rng: Random, last: date, series_from: date | None) -> list[date]:
    first = last - rng.randint(5, 35) * DAY
    if series_from is not None:
        first = min(first, series_from)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    if series_from is not None:  # what came before the series may have holes
        days = [day for day in days if day >= series_from or rng.random() < 0.6]
    if rng.random() < 0.12:
        days.remove(rng.choice(days[-6:-1] or days[:1]))
    return days


def _dumps(rng: Random, start: date, last: date) -> list[date]:
    span = (last - start).days
    return sorted({start + rng.randrange(span) * DAY for _ in range(rng.randint(1, 6))} | {last})


# --- which rows -----------------------------------------------------------------------------------------


def _mistaken(rng: Random, name: str, fact: Fact) -> Fact:
    """The same version with another content: what a correction replaces, or a re-delivery changes."""
    changes: dict[str, list[dict[str, Any]]] = {
        "contacts": [{"industry": "software"}, {"email": None}, {"country": "MX"}, {"is_deleted": None}],
        "touches": [{"touch_type": "form_submission"}, {"campaign_id": "c2"}, {"content_type": "pricing"}],
        "campaigns": [{"channel": "y"}],
        "campaign_spend": [{"amount": Decimal("12.5")}],
        "users": [{"user_name": "Otra"}],
        "leads": [{"owner_id": "r2"}, {"status": "Working"}, {"rejection_reason": "Otra"}],
        "lead_history": [{"new_value": "r1"}, {"new_value": "Recycled"}, {"old_value": None}],
        "activities": [{"outcome": "bounced"}, {"outcome": "connected"}, {"user_id": "mk1"}],
        "meetings": [{"status": "held"}, {"confirmed_at": None}],
        "opportunities": [{"amount": Decimal(77)}],
    }
    return {**fact, **rng.choice(changes[name])}


def _spoilt(rng: Random, name: str, fact: Fact) -> Fact:
    """A row that must end in quarantine: it would change the figures if it counted."""
    moments = [column for column, kind, _ in columns_of(name) if kind == "timestamp"]
    required = [column for column, kind, is_required in columns_of(name) if is_required]
    choices: list[dict[str, Any]] = [{rng.choice(required): None}]
    if moments:
        wrong = rng.choice(["2026-13-01", "ayer", "2026-02-30T10:00:00Z", "1969-12-31", "2026-01-01T25:00"])
        choices.append({rng.choice(moments): wrong})
    if name == "opportunities":
        choices += [
            {"is_won": True, "is_closed": False},
            {"is_closed": True, "closed_at": None},
            {"is_closed": True, "closed_at": fact["created_at"] - MICRO},
            {"currency": "XTS"},
            {"amount": "1 000"},
        ]
    if name == "campaign_spend":
        choices += [{"amount": Decimal(-1)}, {"currency": "XTS"}]
    if name in ("activities", "meetings", "opportunities"):
        choices.append({"lead_id": None, "contact_id": None})
    if name in ("contacts", "leads"):
        choices.append({"is_deleted": "quizás"})
    return {**fact, **rng.choice(choices)}


def _deliver(
    world: World, name: str, facts: list[Fact], days: list[date], zone: Any, *, is_dump: bool
) -> dict[date, list[Fact]]:
    """Which rows come with which extract."""
    rng = world.rng
    found: dict[date, list[Fact]] = {day: [] for day in days}
    catches = is_dump and rng.random() < 0.5  # whole dumps, which hold what they happened to catch
    for fact in facts:
        late = rng.choice([0] * 12 + [1, 2, 7])
        place = bisect_left(days, local_date(fact["_at"], zone) + late * DAY)
        if place == len(days):
            if rng.random() < 0.3:
                continue  # hasn't arrived
            place -= 1
        found[days[place]].append(fact)
        if rng.random() < 0.06:
            found[rng.choice(days)].append(fact)
        if rng.random() < 0.05:
            found[rng.choice(days)].append(_mistaken(rng, name, fact))
        if rng.random() < 0.02:
            found[rng.choice(days)].append(_spoilt(rng, name, fact))
    if catches:
        current: dict[str, Fact] = {}
        for day in days:
            for fact in sorted(found[day], key=lambda row: row["_at"]):
                current[fact["_id"]] = fact
            found[day] = [*current.values(), *(row for row in found[day] if rng.random() < 0.3)]
    for rows in found.values():
        rng.shuffle(rows)
    return found


# --- in which words -------------------------------------------------------------------------------------


def written_instant(rng: Random, moment: datetime, source: SourceDraft, style: str) -> str:
    """One of the forms that mean this instant: an offset, Z, or the source's own clock."""
    offset = style
    if style == "naive":
        local = moment.replace(tzinfo=UTC).astimezone(source.zone).replace(tzinfo=None)
        if local_to_utc(local, source.zone) != moment:
            offset = "Z"  # the second hour of an overlap can't be written so
        else:
            offset = ""
            if local_to_utc(local - HOUR, source.zone) == moment and rng.random() < 0.5:
                local -= HOUR  # in the gap, moved forward by its length
    if offset not in ("", "Z"):
        digits = offset[1:].replace(":", "").ljust(4, "0")
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        local = moment + shift if offset[0] == "+" else moment - shift
    elif offset == "Z":
        local = moment
    if offset == "" and local.time() == datetime.min.time() and rng.random() < 0.4:
        return f"{local:%Y-%m-%d}"
    text = f"{local:%Y-%m-%d}{rng.choice('TTT ')}{local:%H:%M}"
    if local.second == 0 and local.microsecond == 0 and rng.random() < 0.2:
        return text + offset
    text += f":{local:%S}"
    if local.microsecond:
        digits = f"{local:%f}" + rng.choice(["", "", "9", "999", "000"])
        text += "." + (digits.rstrip("0") if rng.random() < 0.5 else digits)
    elif rng.random() < 0.3:
        text += rng.choice([".0", ".000", ".000000", ".0000009", ".000000999"])
    return text + offset


def _header(rng: Random, column: str, style: str) -> str:
    if style == "upper":
        return column.upper()
    if style == "joined":
        return column.replace("_", "")
    if style == "camel":
        return "".join(part.capitalize() for part in column.split("_"))
    if style == "property":
        return f"property_{column}"
    return column


def _text_cell(rng: Random, value: Any, kind: str, source: SourceDraft, style: str) -> str:
    if value is None:
        return rng.choice(["", "", "", " "])
    if isinstance(value, bool):
        return rng.choice(BOOLEANS[value])
    if isinstance(value, datetime):
        return written_instant(rng, value, source, style)
    if isinstance(value, Decimal):
        text = format(value, "f")
        if "." in text and rng.random() < 0.3:
            text += "0"
        return text.replace(".", source.decimal)
    if kind == "text" and rng.random() < 0.02:
        return rng.choice([f" {value} ", f"\t{value}", f"{value}\u00a0"])
    return str(value)


def _csv(rng: Random, headers: list[str], table: list[list[str]], source: SourceDraft) -> bytes:
    handle = io.StringIO(newline="")
    ending = rng.choice(["\n", "\n", "\r\n"])
    quoting: Any = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.writer(handle, delimiter=source.delimiter, lineterminator=ending, quoting=quoting)
    writer.writerow(headers)
    for row in table:
        if rng.random() < 0.01:
            handle.write(ending)  # blank lines are ignored
        writer.writerow(row)
    encoding = source.encoding
    if encoding == "utf-8" and rng.random() < 0.2:
        encoding = "utf-8-sig"
    return handle.getvalue().encode(encoding)


def _json_cell(rng: Random, name: str, value: Any, kind: str, source: SourceDraft, style: str) -> Any:
    if isinstance(value, bool):
        return rng.choice([value, value, _text_cell(rng, value, kind, source, style)])
    if isinstance(value, Decimal) and rng.random() < 0.6:
        return int(value) if value == int(value) else float(value)
    if (
        name in ("employee_count", "annual_budget")
        and isinstance(value, str)
        and value.isdigit()
        and rng.random() < 0.4
    ):
        return int(value)
    return None if value is None else _text_cell(rng, value, kind, source, style)


def _parquet(
    rng: Random, name: str, headers: list[str], rows: list[Fact], source: SourceDraft, style: str
) -> bytes:
    arrays = []
    for column, kind, _ in columns_of(name):
        values = [row.get(column) for row in rows]
        wanted: Any = {
            "timestamp": pa.timestamp("us", tz="UTC"),
            "date": pa.date32(),
            "boolean": pa.bool_(),
            "number": pa.decimal128(20, 8),
        }.get(kind, pa.string())
        expected: Any = {"timestamp": datetime, "date": date, "boolean": bool, "number": Decimal}.get(
            kind, str
        )
        if (
            any(value is not None and not isinstance(value, expected) for value in values)
            or rng.random() < 0.3
        ):
            texts = [None if v is None else _text_cell(rng, v, kind, source, style) for v in values]
            arrays.append(pa.array(texts, pa.string()))
        elif kind == "timestamp":
            arrays.append(pa.array([v and v.replace(tzinfo=UTC) for v in values], wanted))
        else:
            arrays.append(pa.array(values, wanted))
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, names=headers), sink)
    return sink.getvalue()


# A file without either names nobody, and is refused as a whole.
PERSON_KEYS = ("lead_id", "contact_id")


def write_part(
    world: World, folder: Path, stem: str, name: str, rows: list[Fact], source: SourceDraft
) -> None:
    """One file of an extract, in one of the formats."""
    rng = world.rng
    style = rng.choice(["naive", "naive", *OFFSETS])
    looks = rng.choice(["plain", "plain", "plain", "upper", "joined", "camel", "property"])
    columns = columns_of(name)
    kind_of_file = rng.choice(["csv"] * 6 + ["jsonl"] * 3 + ["parquet"])
    if kind_of_file == "jsonl" and not rows:
        kind_of_file = "csv"  # an empty file would be refused
    headers = {column: _header(rng, column, looks) for column, _, _ in columns}
    folder.mkdir(parents=True, exist_ok=True)
    if kind_of_file == "parquet":
        content = _parquet(rng, name, list(headers.values()), rows, source, style)
        (folder / f"{stem}.parquet").write_bytes(content)
        return
    if kind_of_file == "jsonl":
        lines = []
        for row in rows:
            record = {
                headers[column]: _json_cell(rng, column, row.get(column), kind, source, style)
                for column, kind, is_required in columns
                if row.get(column) is not None or is_required or column in PERSON_KEYS or rng.random() < 0.5
            }
            lines.append(json.dumps(record, ensure_ascii=source.encoding != "utf-8"))
        content = ("\n".join(lines) + rng.choice(["\n", "\n", "", "\n\n"])).encode(source.encoding)
    else:
        listed = [
            (column, kind)
            for column, kind, is_required in columns
            if is_required
            or column in PERSON_KEYS
            or column == "region"
            or rng.random() < 0.7
            or any(row.get(column) is not None for row in rows)
        ]
        if rng.random() < 0.2:
            rng.shuffle(listed)
        table = [[_text_cell(rng, row.get(c), kind, source, style) for c, kind in listed] for row in rows]
        content = _csv(rng, [headers[column] for column, _ in listed], table, source)
    ending = ""
    if rng.random() < 0.2:
        content, ending = gzip.compress(content, mtime=0), ".gz"
    (folder / f"{stem}.{kind_of_file}{ending}").write_bytes(content)


# --- all of it ------------------------------------------------------------------------------------------


def write_extracts(world: World, folder: Path) -> dict[str, Any]:
    """Writes the landing folder; returns what `sources.yml` says of it."""
    rng = world.rng
    source_of: dict[tuple[str, str], str] = {}
    declared: dict[str, Any] = {}
    end_together = rng.random() < 0.5
    for source in world.sources:
        delivery = rng.choice(["daily", "daily", "dump"])
        by_object = delivery == "daily" and rng.random() < 0.3
        block: dict[str, Any] = {
            "family": "standard",
            "timezone": source.zone.key,
            "currency": source.currency,
        }
        block["rates"], block["max_quarantined_share"] = source.rates, 1.0
        series_from = world.last_day - rng.randint(4, 12) * DAY if rng.random() < 0.3 else None
        required = None
        if rng.random() < 0.4:
            required = sorted(rng.sample(source.objects, rng.randint(1, len(source.objects))))
            block["required"] = required
        if delivery == "dump":
            block["delivery"] = "dump"
            series_from = None
        elif by_object:
            block["delivery"] = {"default": "daily", source.objects[0]: "dump", source.objects[-1]: "dump"}
        elif rng.random() < 0.5:
            block["delivery"] = "daily"
        if series_from is not None:
            block["series_from"] = series_from
        for key, value, usual in (
            ("decimal", source.decimal, "."),
            ("delimiter", source.delimiter, ","),
            ("encoding", source.encoding, "utf-8"),
        ):
            if value != usual or rng.random() < 0.2:
                block[key] = value
        if source is world.sources[0] or rng.random() < 0.3:
            block["shared_emails"] = ["info@", "Compras@acme.example"]
        if source is world.sources[-1]:
            block["shared_emails"] = [*block.get("shared_emails", []), "ventas@south.example"]
        declared[source.name] = block
        for name in source.objects:
            candidates = [other.name for other in world.sources if name in other.objects]
            is_missing = name in OPTIONAL_OBJECTS and (required is None or name not in required)
            if is_missing and rng.random() < 0.06:
                continue
            own = [
                fact
                for fact in world.facts.get(name, [])
                if source_of.setdefault((name, fact["_id"]), rng.choice(candidates)) == source.name
            ]
            is_dump = delivery == "dump" or (by_object and name in (source.objects[0], source.objects[-1]))
            last = world.last_day - (0 if end_together else rng.choice([0, 0, 0, 0, 0, 1, 2])) * DAY
            if required is not None and name not in required and rng.random() < 0.3:
                last -= rng.randint(1, 15) * DAY
            start = local_date(world.start, source.zone)
            days = _dumps(rng, start, last) if is_dump else _daily(rng, last, series_from)
            for day, rows in _deliver(world, name, own, days, source.zone, is_dump=is_dump).items():
                stems: list[str] = [f"{day}"]
                if rng.random() < 0.25:
                    stems = [f"{day}.{part}" for part in rng.sample(PARTS, rng.randint(2, 3))]
                    if rng.random() < 0.2:
                        stems[0] = f"{day}"
                shares: list[list[Fact]] = [[] for _ in stems]
                for row in rows:
                    rng.choice(shares).append(row)
                for stem, share in zip(stems, shares, strict=True):
                    write_part(world, folder / source.name / name, stem, name, share, source)
    return declared
