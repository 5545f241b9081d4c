"""The contract versions, as §5 writes them, and what their rules match."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from .civil import Calendar, midnight


class _ExactLoader(yaml.SafeLoader):
    """Reads decimals as they are written, never by way of a double."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read_yaml(path: Path) -> Any:
    """A YAML file with exact decimals."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_ExactLoader)


def loose(name: str) -> str:
    """extracts.md: header matching ignores case, underscores and a `property_` prefix."""
    text = name.strip().lower()
    return text.removeprefix("property_").replace("_", "")


def folded(text: str) -> str:
    """§5 Matching: trimmed, lower case, NFD without combining marks."""
    parts = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """§5 Matching: the maximal runs of letters and digits of a folded text."""
    spaced = "".join(letter if unicodedata.category(letter)[0] in "LN" else " " for letter in folded(text))
    return spaced.split()


def number_of(text: str | None, decimal_mark: str) -> Decimal | None:
    """§5 Matching: sign, digits, point, exponent; anything else is unreadable, hence null."""
    if text is None:
        return None
    point = re.escape(decimal_mark)
    if re.fullmatch(rf"[+-]?([0-9]+({point}[0-9]*)?|{point}[0-9]+)([eE][+-]?[0-9]+)?", text.strip()) is None:
        return None
    return Decimal(text.strip().replace(decimal_mark, "."))


@dataclass(frozen=True)
class Criterion:
    """A fit rule or a required criterion."""

    attribute: str
    rule_id: str = ""
    points: Decimal = Decimal(0)
    one_of: tuple[str, ...] | None = None
    has_phrase: tuple[str, ...] | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def matches(self, record: dict[str, Any]) -> bool:
        """§5 Matching: a null or unreadable attribute never matches; several conditions must all hold."""
        value = record["attributes"].get(self.attribute)
        if value is None:
            return False
        if self.one_of is not None and folded(value) not in {folded(word) for word in self.one_of}:
            return False
        if self.has_phrase is not None:
            spoken = words(value)
            phrases = [words(phrase) for phrase in self.has_phrase]
            if not any(
                phrase == spoken[start : start + len(phrase)]
                for phrase in phrases
                for start in range(len(spoken))
            ):
                return False
        if self.at_least is not None or self.at_most is not None:
            number = number_of(value, record["decimal"])
            if number is None:
                return False
            if self.at_least is not None and number < self.at_least:
                return False
            if self.at_most is not None and number > self.at_most:
                return False
        return True


@dataclass(frozen=True)
class TouchRule:
    """An engagement rule or a hand-off trigger."""

    rule_id: str
    touch_type: frozenset[str] | None
    content_type: frozenset[str] | None
    points: Decimal = Decimal(0)
    max_count: int | None = None
    window: timedelta | None = None
    at_least: int = 1

    def matches(self, touch: dict[str, Any]) -> bool:
        """§5: with neither type every touch matches; with both, both must match."""
        for column, allowed in (("touch_type", self.touch_type), ("content_type", self.content_type)):
            if allowed is not None and (touch[column] is None or folded(touch[column]) not in allowed):
                return False
        return True


@dataclass(frozen=True)
class Step:
    """One step of the follow-up cadence."""

    activity: frozenset[str] | None
    at_least: int
    within_business_days: int


@dataclass(frozen=True)
class Commitment:
    """One promise: a metric, its owner and its targets."""

    commitment_id: str
    owner: str
    metric: str
    comparison: str
    default: Decimal | None
    by_period: dict[str, Decimal]

    def target(self, period: date) -> Decimal | None:
        """The target of a period, or null: then there is no row (§9)."""
        return self.by_period.get(f"{period:%Y-%m}", self.default)


@dataclass
class Version:
    """One contract version, with its business calendar."""

    number: int
    effective_from: date
    effective_at: datetime
    signatures: list[tuple[str, date]]
    zone: ZoneInfo
    currency: str
    calendar: Calendar
    basis: str
    threshold: Decimal | None
    required: list[Criterion]
    fit: list[Criterion]
    engagement: list[TouchRule]
    requalify_after: timedelta
    triggers: list[TouchRule]
    handoff_hours: Decimal | None
    statuses: dict[str, frozenset[str]]
    first_attempt_hours: Decimal | None
    cadence: list[Step]
    disposition_hours: Decimal | None
    no_contact: dict[str, int] | None
    sql: dict[str, Any] | None
    opportunity_days: int | None
    customer_days: int | None
    capacity: dict[str, Any] | None
    commitments: list[Commitment] = field(default_factory=list)

    @property
    def is_signed(self) -> bool:
        """§5: a version without a signature of both departments is a draft."""
        return {"marketing", "sales"} <= {department for department, _ in self.signatures}

    def group_of(self, status: str | None) -> set[str]:
        """The groups (accepted, rejected, recycled, qualified) that hold the status."""
        if status is None:
            return set()
        return {group for group, allowed in self.statuses.items() if folded(status) in allowed}

    def limits(self, rep_id: str) -> tuple[int, int]:
        """min and max of a rep, with the override where there is one."""
        assert self.capacity is not None
        for override in self.capacity.get("overrides") or []:
            if str(override["rep"]) == rep_id:
                return int(override["min"]), int(override["max"])
        return int(self.capacity["per_rep"]["min"]), int(self.capacity["per_rep"]["max"])


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _texts(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(str(item) for item in value)


def _folded_set(value: Any) -> frozenset[str] | None:
    return None if value is None else frozenset(folded(str(item)) for item in value)


def _criterion(block: dict[str, Any]) -> Criterion:
    return Criterion(
        attribute=loose(block["attribute"]),
        rule_id=str(block.get("id", "")),
        points=_number(block.get("points")) or Decimal(0),
        one_of=_texts(block.get("one_of")),
        has_phrase=_texts(block.get("has_phrase")),
        at_least=_number(block.get("at_least")),
        at_most=_number(block.get("at_most")),
    )


def _touch_rule(block: dict[str, Any]) -> TouchRule:
    window = block.get("window_days")
    return TouchRule(
        rule_id=str(block["id"]),
        touch_type=_folded_set(block.get("touch_type")),
        content_type=_folded_set(block.get("content_type")),
        points=_number(block.get("points")) or Decimal(0),
        max_count=block.get("max_count"),
        window=None if window is None else timedelta(days=window),  # §6: W days are W × 24 h
        at_least=block.get("at_least", 1),
    )


def _commitment(block: dict[str, Any]) -> Commitment:
    comparison = "at_least" if "at_least" in block else "at_most"
    target = block[comparison]
    targets = target if isinstance(target, dict) else {"default": target}
    return Commitment(
        commitment_id=block["id"],
        owner=block["owner"],
        metric=block["metric"],
        comparison=comparison,
        default=_number(targets.get("default")),
        by_period={str(k): Decimal(str(v)) for k, v in targets.items() if k != "default"},
    )


def _calendar(block: dict[str, Any], zone: ZoneInfo) -> Calendar:
    hours = {
        day: [(text.split("-")[0].strip(), text.split("-")[1].strip()) for text in intervals or []]
        for day, intervals in block.items()
        if day != "holidays"
    }
    free = block.get("holidays") or {}
    return Calendar(
        zone=zone,
        hours=hours,
        country=free.get("country"),
        subdivision=free.get("subdivision"),
        added=frozenset(free.get("add") or []),
        removed=frozenset(free.get("remove") or []),
    )


def read_version(path: Path) -> Version:
    """One file of the contracts folder."""
    block = read_yaml(path)
    zone = ZoneInfo(block["timezone"])
    mql, handoff, follow_up = block["mql"], block.get("handoff") or {}, block.get("follow_up") or {}
    statuses = block.get("lead_statuses") or {}
    return Version(
        number=block["version"],
        effective_from=block["effective_from"],
        effective_at=midnight(block["effective_from"], zone),
        signatures=[(entry["department"], entry["signed_on"]) for entry in block["signed_by"] or []],
        zone=zone,
        currency=block["currency"].upper(),
        calendar=_calendar(block["business_hours"], zone),
        basis=mql["basis"],
        threshold=_number(mql.get("threshold")),
        required=[_criterion(rule) for rule in mql.get("required") or []],
        fit=[_criterion(rule) for rule in mql.get("fit") or []],
        engagement=[_touch_rule(rule) for rule in mql.get("engagement") or []],
        requalify_after=timedelta(days=mql.get("requalify_after_days") or 0),
        triggers=[_touch_rule(rule) for rule in handoff.get("triggers") or []],
        handoff_hours=_number(handoff.get("within_business_hours")),
        statuses={group: _folded_set(listed) or frozenset() for group, listed in statuses.items()},
        first_attempt_hours=_number(follow_up.get("first_attempt_within_business_hours")),
        cadence=[
            Step(_folded_set(step.get("activity")), step.get("at_least", 1), step["within_business_days"])
            for step in follow_up.get("cadence") or []
        ],
        disposition_hours=_number(follow_up.get("disposition_within_business_hours")),
        no_contact=follow_up.get("no_contact"),
        sql=block.get("sql"),
        opportunity_days=(block.get("opportunity") or {}).get("within_days"),
        customer_days=(block.get("customer") or {}).get("within_days"),
        capacity=block.get("capacity"),
        commitments=[_commitment(entry) for entry in block.get("commitments") or []],
    )


@dataclass
class Contracts:
    """The signed versions that are known at W, in the order in which they come into force."""

    versions: list[Version]

    @property
    def zone(self) -> ZoneInfo:
        """The one time zone of the contract."""
        return self.versions[0].zone

    def in_force(self, instant: datetime) -> Version | None:
        """§5: in force from `effective_from` until the next version's."""
        found = None
        for version in self.versions:
            if version.effective_at <= instant:
                found = version
        return found

    def in_force_or_first(self, instant: datetime) -> Version:
        """§6 Status: before the first version, the first."""
        return self.in_force(instant) or self.versions[0]


def read_contracts(folder: Path) -> list[Version]:
    """Every version of the folder, drafts too."""
    versions = [read_version(path) for path in sorted(folder.glob("*.yml"))]
    return sorted(versions, key=lambda version: version.effective_from)
