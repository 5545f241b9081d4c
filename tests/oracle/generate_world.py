"""What a generated history is made in: its time zone, its months, its sources, and instants that hurt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from .civil import DAY, midnight, month_after

Fact = dict[str, Any]
T = TypeVar("T")

MICRO = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
# Time zones with the first months of histories that meet their changes of clocks.
ZONES = {
    "Asia/Kolkata": [(2026, 1)],
    "Europe/Madrid": [(2026, 2), (2026, 9)],
    "America/Mexico_City": [(2026, 1), (2022, 3), (2022, 9)],
    "America/Sao_Paulo": [(2018, 1), (2018, 10)],  # changes at midnight
    "Australia/Lord_Howe": [(2026, 3), (2026, 9)],  # by half an hour
    "America/New_York": [(2026, 2), (2026, 10)],
    "Pacific/Auckland": [(2026, 3), (2026, 8)],
    "America/Havana": [(2026, 2), (2026, 10)],  # changes at midnight
    "America/Santiago": [(2026, 3), (2026, 8)],  # changes at midnight
    "UTC": [(2025, 12)],
}
SOURCE_ZONES = (
    "UTC", "America/Sao_Paulo", "Pacific/Auckland", "Asia/Kolkata", "Europe/Madrid", "America/New_York",
)  # fmt: skip
REPS = ("r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9")
MARKETING_OBJECTS = ("contacts", "touches", "campaigns", "campaign_spend")
CRM_OBJECTS = ("users", "leads", "lead_history", "activities", "meetings", "opportunities")


@dataclass(frozen=True)
class SourceDraft:
    """A source as `sources.yml` will declare it."""

    name: str
    objects: tuple[str, ...]
    zone: ZoneInfo
    currency: str
    decimal: str
    delimiter: str
    encoding: str
    rates: dict[str, float]


@dataclass
class World:
    """One generated history before it is written."""

    rng: Random
    zone: ZoneInfo
    first_month: date
    last_day: date  # the last local date of any event
    sources: list[SourceDraft]
    effective: list[date]  # of the contract versions
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    landmarks: list[datetime] = field(default_factory=list)

    @property
    def start(self) -> datetime:
        """The earliest event: some weeks before the first contract version."""
        return midnight(self.first_month, self.zone) - 24 * DAY

    @property
    def end(self) -> datetime:
        """The end of the last local date."""
        return midnight(self.last_day + DAY, self.zone)

    @property
    def end_marks(self) -> list[datetime]:
        """Instants that may turn out to be W: the ends of the last days in the sources' zones."""
        days = [self.last_day + DAY - n * DAY for n in range(3)]
        return sorted({midnight(day, source.zone) for day in days for source in self.sources})

    def chance(self, share: float) -> bool:
        """True with the given probability."""
        return self.rng.random() < share

    def pick(self, values: Sequence[T]) -> T:
        """One of the values."""
        return self.rng.choice(values)

    def new_id(self, prefix: str) -> str:
        """An identifier that isn't in the order of creation."""
        number = self.counters.get(prefix, 0) + 1
        self.counters[prefix] = number
        scattered = (number * 7919) % 10007
        return f"{prefix}{scattered:05d}"

    def add(self, name: str, **values: Any) -> Fact:
        """One more row of an object."""
        self.facts.setdefault(name, []).append(values)
        return values

    def instant(self, earliest: datetime, latest: datetime) -> datetime:
        """An instant in [earliest, latest): on the hour, at a landmark or a microsecond off, or anywhere."""
        if latest <= earliest:
            return earliest
        drawn = earliest + timedelta(seconds=self.rng.random() * (latest - earliest).total_seconds())
        kind = self.rng.random()
        if kind < 0.4:
            drawn = drawn.replace(minute=self.pick([0, 0, 30]), second=0, microsecond=0)
        elif kind < 0.55:
            near = [mark for mark in self.landmarks if earliest <= mark < latest]
            if near:
                drawn = self.pick(near) + self.pick([-1, 0, 0, 1]) * MICRO
        elif kind < 0.8:
            drawn = drawn.replace(microsecond=0)
        return max(earliest, drawn)


def _landmarks(world: World) -> list[datetime]:
    """Period starts, ends of source days near the end, the hours around changes of clocks."""
    found = [midnight(day, world.zone) for day in world.effective] + world.end_marks
    day = world.first_month
    while day <= world.last_day:
        found.append(midnight(day, world.zone))
        day = month_after(day)
    moment = world.start
    while moment < world.end:
        later = moment + HOUR
        if _offset(moment, world.zone) != _offset(later, world.zone):
            found += [moment, later, later + HOUR, moment + HOUR / 2]
        moment = later
    return found


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).utcoffset()


def _sources(rng: Random, zone_name: str, home_share: float) -> list[SourceDraft]:
    at_home = rng.random() < home_share  # every source on the contract's clock: W is a local midnight

    def draft(name: str, objects: tuple[str, ...]) -> SourceDraft:
        decimal = rng.choice([".", ".", ","])
        rates = {"USD": rng.choice([17.2, 18.4375, 20])}
        if rng.random() < 0.3:
            rates["EUR"] = 19.05
        return SourceDraft(
            name=name,
            objects=objects,
            zone=ZoneInfo(zone_name if at_home else rng.choice([*SOURCE_ZONES, zone_name])),
            currency=rng.choice(["MXN", "MXN", "USD"]),
            decimal=decimal,
            delimiter=";" if decimal == "," and rng.random() < 0.5 else ",",
            encoding=rng.choice(["utf-8", "utf-8", "utf-8", "utf-16", "latin-1", "cp1252"]),
            rates=rates,
        )

    kind = rng.random()
    if kind < 0.1:
        return [draft("everything", MARKETING_OBJECTS + CRM_OBJECTS)]
    found = [draft("marketing", MARKETING_OBJECTS), draft("crm", CRM_OBJECTS)]
    if kind < 0.35:
        found.append(draft("crm_south", CRM_OBJECTS))
    if kind > 0.85:
        found.append(draft("marketing_south", MARKETING_OBJECTS))
    return found


def make_world(seed: int) -> World:
    """The frame of a history: everything that its events need to know."""
    rng = Random(seed)
    zone_name = rng.choice(sorted(ZONES))
    first_month = date(*rng.choice(ZONES[zone_name]), 1)
    months = [first_month]
    for _ in range(rng.randint(2, 4)):
        months.append(month_after(months[-1]))
    last_day = months[-1] + rng.randint(0, 27) * DAY
    ends_a_month = rng.random() < 0.3
    if ends_a_month:
        last_day = months[-1] - DAY
    effective = [first_month]
    for month in months[1:]:
        if len(effective) < 4 and rng.random() < 0.45:
            effective.append(month)
    world = World(
        rng,
        ZoneInfo(zone_name),
        first_month,
        last_day,
        _sources(rng, zone_name, 0.7 if ends_a_month else 0.3),
        effective,
    )
    world.landmarks = _landmarks(world)
    return world
