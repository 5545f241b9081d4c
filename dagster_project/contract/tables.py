"""The contract as tables: what static SQL joins instead of naming thresholds, points or statuses.

One function, `contract_tables`. Columns and types are in `SCHEMAS`; durations are microseconds,
timestamps naive UTC. A list that the contract leaves out (any touch type, any activity) is a flag
on the rule, not a missing row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa

from ..civil_time import local_to_utc
from .loading import Contracts
from .schema import ContractVersion, Criterion, TouchFilter
from .words import STATUS_GROUPS, matching_form

MICROSECONDS_PER_HOUR = 3_600_000_000
MICROSECONDS_PER_DAY = 24 * MICROSECONDS_PER_HOUR

POINTS = pa.decimal128(18, 6)
BOUND = pa.decimal128(38, 18)
TARGET = pa.decimal128(38, 20)

Row = dict[str, object]


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns.items()])


SCHEMAS: dict[str, pa.Schema] = {
    "contract_versions": _schema(
        contract=pa.string(),
        version=pa.int32(),
        is_signed=pa.bool_(),
        signed_on=pa.date32(),
        effective_from=pa.date32(),
        effective_at=pa.timestamp("us"),
        timezone=pa.string(),
        currency=pa.string(),
        language=pa.string(),
        basis=pa.string(),
        threshold=POINTS,
        requalify_after_microseconds=pa.int64(),
        handoff_within_microseconds=pa.int64(),
        first_attempt_within_microseconds=pa.int64(),
        disposition_within_microseconds=pa.int64(),
        no_contact_after_attempts=pa.int32(),
        no_contact_within_business_days=pa.int32(),
        sql_mode=pa.string(),
        sql_within_microseconds=pa.int64(),
        opportunity_within_microseconds=pa.int64(),
        customer_within_microseconds=pa.int64(),
        capacity_min=pa.int32(),
        capacity_max=pa.int32(),
    ),
    "contract_signatures": _schema(
        version=pa.int32(),
        department=pa.string(),
        name=pa.string(),
        role=pa.string(),
        signed_on=pa.date32(),
    ),
    "contract_criteria": _schema(
        version=pa.int32(),
        criterion_id=pa.string(),
        part=pa.string(),
        position=pa.int32(),
        attribute=pa.string(),
        points=POINTS,
        at_least=BOUND,
        at_most=BOUND,
        has_one_of=pa.bool_(),
        has_phrase=pa.bool_(),
    ),
    "contract_criterion_values": _schema(
        version=pa.int32(),
        part=pa.string(),
        criterion_id=pa.string(),
        kind=pa.string(),
        value=pa.string(),
    ),
    "contract_engagement": _schema(
        version=pa.int32(),
        rule_id=pa.string(),
        position=pa.int32(),
        points=POINTS,
        max_count=pa.int64(),
        window_microseconds=pa.int64(),
        any_touch_type=pa.bool_(),
        any_content_type=pa.bool_(),
    ),
    "contract_triggers": _schema(
        version=pa.int32(),
        trigger_id=pa.string(),
        position=pa.int32(),
        at_least=pa.int32(),
        any_touch_type=pa.bool_(),
        any_content_type=pa.bool_(),
    ),
    "contract_touch_words": _schema(
        version=pa.int32(),
        rule_kind=pa.string(),
        rule_id=pa.string(),
        column_name=pa.string(),
        word=pa.string(),
    ),
    "contract_statuses": _schema(version=pa.int32(), status_group=pa.string(), status=pa.string()),
    "contract_cadence": _schema(
        version=pa.int32(),
        step=pa.int32(),
        at_least=pa.int32(),
        within_business_days=pa.int32(),
        any_activity=pa.bool_(),
    ),
    "contract_cadence_activities": _schema(version=pa.int32(), step=pa.int32(), activity=pa.string()),
    "contract_sql_conditions": _schema(version=pa.int32(), condition=pa.string()),
    "contract_capacity_overrides": _schema(
        version=pa.int32(), rep_id=pa.string(), capacity_min=pa.int32(), capacity_max=pa.int32()
    ),
    "contract_commitments": _schema(
        version=pa.int32(),
        commitment_id=pa.string(),
        position=pa.int32(),
        owner=pa.string(),
        metric=pa.string(),
        comparison=pa.string(),
        default_target=TARGET,
    ),
    "contract_commitment_periods": _schema(
        version=pa.int32(), commitment_id=pa.string(), period=pa.date32(), target=TARGET
    ),
    "contract_plan": _schema(
        version=pa.int32(), lookback_periods=pa.int32(), revenue_goal=TARGET, marketing_budget=TARGET
    ),
    "contract_plan_periods": _schema(version=pa.int32(), item=pa.string(), period=pa.date32(), amount=TARGET),
}


def contract_tables(contracts: Contracts) -> dict[str, pa.Table]:
    """Every table of `SCHEMAS`, by name, with a row for each rule of each version, drafts included.

    Positions count from 1 in the order of the file. Words are as written, each once (compared as
    rules compare them). `required` criteria, which have no id, are `required-1`, `required-2`, ….
    """
    rows: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
    for version in contracts.versions:
        for name, row in _rows(version):
            rows[name].append({"version": version.version, **row})
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in SCHEMAS.items()}


def _rows(version: ContractVersion) -> Iterator[tuple[str, Row]]:
    """(table, row without its version) for all that one version says."""
    yield "contract_versions", _version_row(version)
    for signature in version.signed_by:
        yield "contract_signatures", signature.model_dump()
    yield from _criteria_rows(version)
    yield from _touch_rows(version)
    for group in STATUS_GROUPS:
        for status in _each_once(getattr(version.lead_statuses, group)):
            yield "contract_statuses", {"status_group": group, "status": status}
    for place, step in enumerate(version.follow_up.cadence, start=1):
        row: Row = {
            "step": place,
            "at_least": step.at_least,
            "within_business_days": step.within_business_days,
            "any_activity": step.activity is None,
        }
        yield "contract_cadence", row
        for activity in _each_once(step.activity):
            yield "contract_cadence_activities", {"step": place, "activity": activity}
    if version.sql:
        for condition in _each_once(version.sql.all_of or version.sql.any_of):
            yield "contract_sql_conditions", {"condition": condition}
    for override in version.capacity.overrides if version.capacity else []:
        row = {"rep_id": override.rep, "capacity_min": override.min, "capacity_max": override.max}
        yield "contract_capacity_overrides", row
    yield from _commitment_rows(version)
    yield from _plan_rows(version)


def _version_row(version: ContractVersion) -> Row:
    follow_up, no_contact = version.follow_up, version.follow_up.no_contact
    sql, capacity = version.sql, version.capacity
    return {
        "contract": version.contract,
        "is_signed": version.is_signed,
        "signed_on": version.signed_on,
        "effective_from": version.effective_from,
        "effective_at": effective_at(version),
        "timezone": version.timezone,
        "currency": version.currency,
        "language": version.language,
        "basis": version.mql.basis,
        "threshold": version.mql.threshold,
        "requalify_after_microseconds": _days(version.mql.requalify_after_days),
        "handoff_within_microseconds": _hours(version.handoff.within_business_hours),
        "first_attempt_within_microseconds": _hours(follow_up.first_attempt_within_business_hours),
        "disposition_within_microseconds": _hours(follow_up.disposition_within_business_hours),
        "no_contact_after_attempts": no_contact.after_attempts if no_contact else None,
        "no_contact_within_business_days": no_contact.recycle_within_business_days if no_contact else None,
        "sql_mode": ("all_of" if sql.all_of else "any_of") if sql else None,
        "sql_within_microseconds": _days(sql.within_days) if sql else None,
        "opportunity_within_microseconds": _days(version.opportunity.within_days)
        if version.opportunity
        else None,
        "customer_within_microseconds": _days(version.customer.within_days) if version.customer else None,
        "capacity_min": capacity.per_rep.min if capacity else None,
        "capacity_max": capacity.per_rep.max if capacity else None,
    }


def effective_at(version: ContractVersion) -> datetime:
    """The instant (naive UTC) from which a version can be in force: its first day's midnight."""
    return local_to_utc(datetime.combine(version.effective_from, time()), ZoneInfo(version.timezone))


def _criteria_rows(version: ContractVersion) -> Iterator[tuple[str, Row]]:
    criteria: list[tuple[str, int, str, Criterion, Decimal | None]] = []
    for place, criterion in enumerate(version.mql.required, start=1):
        criteria.append(("required", place, f"required-{place}", criterion, None))
    for place, rule in enumerate(version.mql.fit, start=1):
        criteria.append(("fit", place, rule.id, rule, rule.points))
    for part, place, criterion_id, criterion, points in criteria:
        yield (
            "contract_criteria",
            {
                "criterion_id": criterion_id,
                "part": part,
                "position": place,
                "attribute": criterion.attribute,
                "points": points,
                "at_least": criterion.at_least,
                "at_most": criterion.at_most,
                "has_one_of": criterion.one_of is not None,
                "has_phrase": criterion.has_phrase is not None,
            },
        )
        for kind, values in (("one_of", criterion.one_of), ("has_phrase", criterion.has_phrase)):
            for value in _each_once(values):
                row: Row = {"part": part, "criterion_id": criterion_id, "kind": kind, "value": value}
                yield "contract_criterion_values", row


def _touch_rows(version: ContractVersion) -> Iterator[tuple[str, Row]]:
    for place, rule in enumerate(version.mql.engagement, start=1):
        row: Row = {
            "rule_id": rule.id,
            "position": place,
            "points": rule.points,
            "max_count": rule.max_count,
            "window_microseconds": _days(rule.window_days),
            **_any_words(rule),
        }
        yield "contract_engagement", row
        yield from _word_rows("engagement", rule.id, rule)
    for place, trigger in enumerate(version.handoff.triggers, start=1):
        row = {
            "trigger_id": trigger.id,
            "position": place,
            "at_least": trigger.at_least,
            **_any_words(trigger),
        }
        yield "contract_triggers", row
        yield from _word_rows("trigger", trigger.id, trigger)


def _any_words(rule: TouchFilter) -> Row:
    return {"any_touch_type": rule.touch_type is None, "any_content_type": rule.content_type is None}


def _word_rows(kind: str, rule_id: str, rule: TouchFilter) -> Iterator[tuple[str, Row]]:
    for column, words in (("touch_type", rule.touch_type), ("content_type", rule.content_type)):
        for word in _each_once(words):
            row: Row = {"rule_kind": kind, "rule_id": rule_id, "column_name": column, "word": word}
            yield "contract_touch_words", row


def _commitment_rows(version: ContractVersion) -> Iterator[tuple[str, Row]]:
    for place, commitment in enumerate(version.commitments, start=1):
        yield (
            "contract_commitments",
            {
                "commitment_id": commitment.id,
                "position": place,
                "owner": commitment.owner,
                "metric": commitment.metric,
                "comparison": commitment.comparison,
                "default_target": commitment.targets.get("default"),
            },
        )
        for period, target in _months(commitment.targets):
            row: Row = {"commitment_id": commitment.id, "period": period, "target": target}
            yield "contract_commitment_periods", row


def _plan_rows(version: ContractVersion) -> Iterator[tuple[str, Row]]:
    plan = version.plan
    if plan is None:
        return
    items = {"revenue_goal": plan.revenue_goal or {}, "marketing_budget": plan.marketing_budget or {}}
    defaults = {item: amounts.get("default") for item, amounts in items.items()}
    yield "contract_plan", {"lookback_periods": plan.lookback_periods, **defaults}
    for item, amounts in items.items():
        for period, amount in _months(amounts):
            yield "contract_plan_periods", {"item": item, "period": period, "amount": amount}


def _months(targets: dict[str, Decimal]) -> Iterator[tuple[date, Decimal]]:
    """(month's first day, target) of every key but `default`."""
    for key, target in targets.items():
        if key != "default":
            yield date.fromisoformat(f"{key}-01"), target


def _each_once(words: list[str] | None) -> list[str]:
    """The words as written, without those that compare equal to an earlier one."""
    first: dict[str, str] = {}
    for word in words or []:
        first.setdefault(matching_form(word), word)
    return list(first.values())


def _hours(hours: Decimal | None) -> int | None:
    """Business hours as microseconds: whole ones, since validation allows six decimals."""
    return None if hours is None else int(hours * MICROSECONDS_PER_HOUR)


def _days(days: Decimal | None) -> int | None:
    """Plain days of 24 hours as microseconds: whole ones, since validation allows six decimals."""
    return None if days is None else int(days * MICROSECONDS_PER_DAY)
