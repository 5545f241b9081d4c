"""The second pass: events exactly at, a microsecond before and after what a history's obligations turn on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from .civil import DAY
from .contract import Contracts, Version, loose
from .funnel import Mql
from .generate_facts import SHARED, activity, change_contact, history_row, lead, meeting, opportunity, touch
from .generate_world import HOUR, MICRO, World
from .obligations import Obligation
from .read import ATTRIBUTES, KEYS, History, Row
from .write import Answer

ATTEMPT = {"user_id": "r1", "direction": None, "outcome": "no_answer", "is_automated": None}


def remembered(world: World, versions: Sequence[Version]) -> History:
    """The facts as if all had been delivered by the end of the history, without a file."""
    rows: dict[str, list[Row]] = {}
    for name in KEYS:
        rows[name] = []
        for number, fact in enumerate(world.facts.get(name, [])):
            row: dict[str, Any] = {**fact, "rank": (number,)}
            for column, value in fact.items():
                if isinstance(value, str):
                    row[column] = value.strip() or None
            if name == "contacts":
                row["attributes"] = {loose(column): row[column] for column in (*ATTRIBUTES, "region")}
                row["decimal"] = "."
            if name in ("opportunities", "campaign_spend"):
                row["converted"] = row["amount"] or Decimal(0)
            rows[name].append(row)
    signed = [version for version in versions if version.is_signed]
    return History(Contracts(signed), world.end, rows, set(SHARED))


def _about(world: World, moment: datetime) -> datetime:
    return moment + world.pick([-MICRO, 0 * MICRO, 0 * MICRO, MICRO, -HOUR, HOUR])


def _lead_of(world: World, mql: Mql) -> str:
    """A lead of the MQL's person; a new one where there is none."""
    if mql.person.leads and world.chance(0.9):
        return world.pick(mql.person.leads).lead_id
    at = _about(world, mql.qualified_at)
    return lead(world, mql.person.person_id, None, at, [at])


def _set_status(world: World, mql: Mql, status: str, at: datetime) -> None:
    history_row(world, _lead_of(world, mql), "status", "New", status, at)


def _hand_off(world: World, mql: Mql, at: datetime) -> None:
    lead_id = _lead_of(world, mql)
    history_row(world, lead_id, "owner_id", "queue", world.pick(["r1", "r1", "r2", "r3", "r5"]), at)
    if world.chance(0.15):  # and back at the same instant, or to another rep
        history_row(world, lead_id, "owner_id", "r1", world.pick(["queue", "r2", None]), at)


def _cadence(world: World, mql: Mql, obligation: Obligation) -> None:
    """Attempts for every step, the last of each at its own deadline, give or take."""
    for step in obligation.version.cadence:
        due = obligation.version.calendar.due_after_days(obligation.started_at, step.within_business_days)
        kind = world.pick(sorted(step.activity)) if step.activity else "call"
        for number in range(step.at_least):
            at = (
                _about(world, due)
                if number + 1 == step.at_least
                else world.instant(obligation.started_at, due)
            )
            if at >= obligation.started_at:
                activity(world, None, mql.person.person_id, at, **{**ATTEMPT, "activity_type": kind})


def _answer_obligation(world: World, mql: Mql, owed: Obligation) -> None:
    at, contact_id = _about(world, owed.due_at), mql.person.person_id
    if owed.obligation == "handoff":
        _hand_off(world, mql, at)
    elif owed.obligation == "first_attempt":
        activity(world, None, contact_id, at, **ATTEMPT)
    elif owed.obligation == "cadence":
        _cadence(world, mql, owed)
    elif owed.obligation == "disposition":
        _set_status(world, mql, world.pick(["Accepted", "Rejected", "Working", "no calificado"]), at)
    elif owed.obligation == "no_contact":
        moment = world.pick([at, owed.due_at, owed.started_at]) if owed.done_at is None else at
        _set_status(world, mql, world.pick(["Recycled"] * 4 + ["Nurture"]), moment)
    elif owed.obligation == "sql":
        condition = world.pick(["connected", "meeting", "accepted", "qualified"])
        if condition == "connected":
            activity(world, None, contact_id, at, direction="inbound", is_automated=False)
        elif condition == "meeting":
            meeting(world, None, contact_id, at)
        else:
            _set_status(world, mql, condition.capitalize(), at)
    elif owed.obligation == "opportunity":
        opportunity(world, None, contact_id, at)
    elif owed.obligation == "customer":
        opened = world.instant(owed.started_at, min(owed.due_at, world.end))
        closed_at = at if at >= opened and at < world.end + DAY else opened + DAY
        if world.chance(0.25):  # two, both lost
            opportunity(world, None, contact_id, owed.started_at, closed_at, won=False)
            closed_at, won = closed_at + world.pick([-1, 0, 1]) * HOUR, False
        else:
            won = world.chance(0.8)
        opportunity(world, None, contact_id, min(opened, closed_at), closed_at, won=won)


def _neglect(world: World, mql: Mql) -> None:
    """Attempts without an answer, and then given back, untouched or after enough of them."""
    assert mql.handed_off_at is not None
    at = mql.handed_off_at
    for _ in range(world.pick([0, 1, 2, 3])):
        at = _about(world, at + world.pick([0, 1, 4, 24]) * HOUR)
        activity(world, None, mql.person.person_id, max(at, mql.handed_off_at), **ATTEMPT)
    if world.chance(0.7):
        given_back = max(at + world.pick([0 * HOUR, HOUR, DAY, 3 * DAY]), mql.handed_off_at)
        _set_status(world, mql, world.pick(["Recycled", "Recycled", "Nurture"]), given_back)
        if world.chance(0.25):  # answered at the very moment of giving up
            answered = given_back + world.pick([-1, 0, 0, 1]) * MICRO
            activity(world, None, mql.person.person_id, answered, direction="inbound", is_automated=False)


def _at_the_end(world: World, mql: Mql) -> None:
    """What happens at, just before and just after an instant that may be W."""
    mark = world.pick(world.end_marks)
    at = mark + world.pick([-1, 0, 0, 1]) * MICRO
    contact_id, before = mql.person.person_id, mark - world.pick([2, 9]) * DAY
    kind = world.rng.randrange(8)
    if kind == 0:
        touch(world, contact_id, at)
    elif kind == 1:
        activity(world, None, contact_id, at, **ATTEMPT)
    elif kind == 2:
        _set_status(world, mql, world.pick(["Recycled", "Accepted"]), at)
    elif kind == 3:
        change_contact(world, contact_id, at, industry="software", annual_budget="1e6", country="MX")
    elif kind == 4:  # said before W that it will be so
        change_contact(world, contact_id, before, declared_mql_at=at)
    elif kind == 5:
        opportunity(world, None, contact_id, before, at, won=world.chance(0.7))
        world.facts["opportunities"][-1].update(updated_at=before, _at=before)
    elif kind == 6:
        meeting(world, None, contact_id, before)
        world.facts["meetings"][-1].update(status="held", scheduled_at=at, confirmed_at=None)
    else:
        meeting(world, None, contact_id, before)
        world.facts["meetings"][-1].update(confirmed_at=at)


def _due_at_the_end(world: World, mql: Mql) -> None:
    """A hand-off so that a deadline in hours or plain days may fall exactly on W."""
    version = mql.version
    lengths = [24 * days for days in (version.opportunity_days, version.customer_days) if days is not None]
    if version.sql is not None:
        lengths.append(24 * version.sql["within_days"])
    lengths += [int(hours) for hours in (version.first_attempt_hours, version.disposition_hours) if hours]
    if lengths:
        at = world.pick(world.end_marks) - world.pick(lengths) * HOUR
        _hand_off(world, mql, max(at, mql.qualified_at))


def _requalify(world: World, mql: Mql) -> None:
    """Touches that would qualify again, at the first instant at which that is possible."""
    if mql.cycle_end is None:
        return
    possible = mql.cycle_end + mql.version.requalify_after
    for at in (mql.cycle_end, possible + world.pick([-1, 0, 0, 1]) * MICRO, possible + 2 * DAY):
        touch(world, mql.person.person_id, at)
        world.facts["touches"][-1].update(touch_type="content_download", content_type="pricing")
    if mql.version.basis == "declared" or world.chance(0.1):
        at = mql.cycle_end + world.pick([-MICRO, 0 * MICRO, DAY])
        change_contact(world, mql.person.person_id, at, declared_mql_at=at)


def add_boundaries(world: World, found: Answer, share: float) -> None:
    """New facts for about `share` of what is owed, drawn so as to hit the edges of each rule."""
    with_mqls = {mql.person.person_id for mql in found.mqls}
    by_person = {(mql.person.person_id, mql.cycle): mql for mql in found.mqls}
    for owed in found.obligations:
        if owed.person_id is None or owed.cycle is None:
            continue
        is_open = owed.obligation == "no_contact" and owed.done_at is None  # few are ever left open
        if not world.chance(0.6 if is_open else share):
            continue
        if owed.due_at < world.end + DAY:
            _answer_obligation(world, by_person[owed.person_id, owed.cycle], owed)
    for mql in found.mqls:
        if mql.handed_off_at is not None and mql.recycled_at is None and world.chance(0.3):
            _neglect(world, mql)
        if world.chance(0.5):
            _requalify(world, mql)
        if mql.handed_off_at is None and world.chance(share):
            if world.chance(0.25):
                _due_at_the_end(world, mql)
                continue
            at = mql.qualified_at + world.pick([0, 0, 1, 30]) * HOUR
            _hand_off(world, mql, at)
            if world.chance(0.15):  # assigned at the moment of being given back: to the next cycle
                _set_status(world, mql, "Recycled", at)
        if world.chance(0.2):
            _at_the_end(world, mql)
    for person_id, person in sorted(found.people.persons.items()):
        if not person.is_sales_sourced and person_id not in with_mqls and world.chance(0.3):
            at = world.pick(world.end_marks) + world.pick([-1, 0, 0, 1]) * MICRO
            for _ in range(2):
                touch(world, person_id, at)
                world.facts["touches"][-1].update(touch_type="content_download", content_type="pricing")
