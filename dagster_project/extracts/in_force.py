"""What the deliveries amount to: which files are in force, and through when the data is complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from dagster_project.civil_time import local_to_utc

from .ledger import ACCEPTED, REFUSED, LedgerRow, last_deliveries, read_object
from .left_alone import left_alone
from .sources import Source, Sources

DAY = timedelta(days=1)

FILES_IN_FORCE_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("object", pa.string()),
        ("extract_date", pa.date32()),
        ("part", pa.string()),
        ("delivery", pa.int32()),
        ("raw_path", pa.string()),
        ("quarantine_path", pa.string()),
    ]
)


class IncompleteExtracts(ValueError):
    """No run is possible: a required object has no extract to start from."""


@dataclass(frozen=True)
class ObjectCompleteness:
    """`complete_through` (naive UTC) of one required object.

    `complete_day` is the last day that is complete; `missing_days` are the days from the first of its series to its
    latest extract that have none that can be used (of dumps: the latest that were refused); `next_missing` is the first
    day that is waited for (None for dumps).
    """

    source: str
    object: str
    complete_day: date
    complete_through: datetime
    missing_days: tuple[date, ...]
    next_missing: date | None


@dataclass(frozen=True)
class ObjectState:
    """What is in force of one source object: its files, the rows in them, and what is missing.

    `refused` are (file name, reason). `latest_extract_date` and `last_delivered_at` (naive UTC, the file's own time)
    are of accepted files. `missing_days` are as for ObjectCompleteness, whether or not the object is required.
    """

    source: str
    object: str
    files: int
    rows_accepted: int
    rows_quarantined: int
    refused: tuple[tuple[str, str], ...]
    latest_extract_date: date | None
    last_delivered_at: datetime | None
    missing_days: tuple[date, ...]

    @property
    def quarantined_share(self) -> float | None:
        """Rows in quarantine ÷ rows read; None without rows."""
        rows = self.rows_accepted + self.rows_quarantined
        return self.rows_quarantined / rows if rows else None


@dataclass(frozen=True)
class CompleteThrough:
    """`instant` (naive UTC): everything before it has been delivered; `held_back_by` are the objects it is due to."""

    instant: datetime
    objects: tuple[ObjectCompleteness, ...]

    @property
    def held_back_by(self) -> tuple[ObjectCompleteness, ...]:
        return tuple(each for each in self.objects if each.complete_through == self.instant)


@dataclass(frozen=True)
class _Days:
    """The days of which something is in the landing folder, and those of which all that is can be used: nothing of them
    is refused, nothing new is still being written."""

    delivered: set[date]
    usable: set[date]


def _days_of(
    home: Path, source: Source, object_name: str, rows: Sequence[LedgerRow], as_of: date | None
) -> _Days:
    waited_for = {day for day in left_alone(home, source.name, object_name) if as_of is None or day <= as_of}
    delivered = {row.extract_date for row in rows} | waited_for
    refused = {row.extract_date for row in rows if row.outcome == REFUSED}
    return _Days(delivered, delivered - refused - waited_for)


def _last_of(home: Path, source: Source, object_name: str, as_of: date | None) -> list[LedgerRow]:
    last = last_deliveries(read_object(home, source.name, object_name)).values()
    return [row for row in last if as_of is None or row.extract_date <= as_of]


def files_in_force(home: Path, sources: Sources, as_of: date | None) -> pa.Table:
    """One row per accepted delivery that no later one replaced, with `extract_date <= as_of`, of declared sources.

    Columns: source, object, extract_date, part, delivery, raw_path, quarantine_path (null without quarantined rows);
    paths are absolute.
    """
    values = [
        {
            "source": row.source,
            "object": row.object,
            "extract_date": row.extract_date,
            "part": row.part,
            "delivery": row.delivery,
            "raw_path": str(home / row.raw_path) if row.raw_path else None,
            "quarantine_path": str(home / row.quarantine_path) if row.quarantine_path else None,
        }
        for source in sources
        for object_name in source.objects
        for row in _last_of(home, source, object_name, as_of)
        if row.outcome == ACCEPTED
    ]
    return pa.Table.from_pylist(values, schema=FILES_IN_FORCE_SCHEMA)


def object_state(home: Path, source: Source, object_name: str, as_of: date | None) -> ObjectState:
    """What is in force of one source object, with `extract_date <= as_of`."""
    rows = _last_of(home, source, object_name, as_of)
    accepted = [row for row in rows if row.outcome == ACCEPTED]
    return ObjectState(
        source=source.name,
        object=object_name,
        files=len(accepted),
        rows_accepted=sum(row.rows_accepted for row in accepted),
        rows_quarantined=sum(row.rows_quarantined for row in accepted),
        refused=tuple((row.file_name, row.reason or "") for row in rows if row.outcome == REFUSED),
        latest_extract_date=max((row.extract_date for row in accepted), default=None),
        last_delivered_at=max((row.delivered_at for row in accepted), default=None),
        missing_days=_missing_days(source, object_name, _days_of(home, source, object_name, rows, as_of)),
    )


def days_in_words(days: Sequence[date]) -> str:
    """Days in order of time, successive ones as one span: `2026-01-05, 2026-01-08 to 2026-01-12`."""
    spans: list[list[date]] = []
    for day in days:
        if spans and spans[-1][-1] + DAY == day:
            spans[-1][1:] = [day]
        else:
            spans.append([day])
    return ", ".join(" to ".join(day.isoformat() for day in span) for span in spans)


def complete_through(home: Path, sources: Sources, as_of: date | None) -> CompleteThrough:
    """The instant through which every required object has been delivered.

    Raises IncompleteExtracts, naming all objects concerned, when a required one has no extract.
    """
    found: list[ObjectCompleteness] = []
    problems: list[str] = []
    for source in sources:
        for object_name in source.objects:
            rows = _last_of(home, source, object_name, as_of)
            days = _days_of(home, source, object_name, rows, as_of)
            is_there = bool(days.delivered)
            if object_name in source.required if source.required is not None else is_there:
                completeness = _of_object(source, object_name, rows, days, as_of)
                if isinstance(completeness, str):
                    problems.append(completeness)
                else:
                    found.append(completeness)
    if problems:
        raise IncompleteExtracts(
            "\n".join(["No run is possible:", *(f"  {problem}" for problem in problems)])
        )
    if not found:
        raise IncompleteExtracts(
            "No run is possible: the extracts folder holds no extract"
            + ("" if as_of is None else f" of {as_of} or earlier")
            + ". Deliver files as <extracts>/<source>/<object>/<date>.csv."
        )
    return CompleteThrough(min(each.complete_through for each in found), tuple(found))


def _of_object(
    source: Source, object_name: str, rows: Sequence[LedgerRow], days: _Days, as_of: date | None
) -> ObjectCompleteness | str:
    place = f"{source.name}/{object_name}"
    limit = "" if as_of is None else f" of {as_of} or earlier"
    if not days.delivered:
        return f"{place} is required and has no extract{limit}. Deliver {place}/<date>.csv."
    if not days.usable:
        names = ", ".join(sorted(row.file_name for row in rows if row.outcome == REFUSED))
        if not names:
            return (
                f"{place} is required and its only extracts{limit} are still being written or can't be opened: "
                f"{days_in_words(sorted(days.delivered))}. Run again when they are whole."
            )
        return f"{place} is required and its only extracts{limit} are refused: {names}. Deliver them again."
    if source.delivery_of(object_name) == "dump":
        day, next_missing = max(days.usable), None
    else:
        first = _first_of_series(source, days)
        since = {day for day in days.usable if day >= first}
        if not since:
            return (
                f"{place} is required and has no extract{limit} since {first}, from which its daily series counts. "
                f"Deliver {place}/{first}.csv (a header only, if nothing happened)."
            )
        day = first - DAY
        while day + DAY in since:
            day += DAY
        next_missing = day + DAY
    return ObjectCompleteness(
        source=source.name,
        object=object_name,
        complete_day=day,
        complete_through=_end_of(day, source.timezone),
        missing_days=_missing_days(source, object_name, days),
        next_missing=next_missing,
    )


def _first_of_series(source: Source, days: _Days) -> date:
    return source.series_from or min(days.delivered)


def _missing_days(source: Source, object_name: str, days: _Days) -> tuple[date, ...]:
    """The days up to the latest extract without one that can be used."""
    if not days.delivered:
        return ()
    if source.delivery_of(object_name) == "dump":
        unusable = days.delivered - days.usable
        return tuple(sorted(day for day in unusable if not days.usable or day > max(days.usable)))
    first = _first_of_series(source, days)
    span = (max(days.delivered) - first).days + 1
    return tuple(day for day in (first + DAY * number for number in range(span)) if day not in days.usable)


def _end_of(day: date, zone_name: str) -> datetime:
    """The end of a local day as naive UTC."""
    return local_to_utc(datetime.combine(day + DAY, time()), ZoneInfo(zone_name))
