"""The people of a generated history and what happened to them: records with all their versions, and events.

A fact is one version of one record, as its system would export it; values are typed (instants in UTC).
`_at` is when the version came to be known.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .civil import DAY, local_date, midnight
from .generate_world import MICRO, REPS, Fact, World

TITLES = (
    "CTO", "Cto-Director", "Director de TI", "gerente  de general", "Gerente General", "Dirección general",
    "direccion comercial", "Analista", "estudiante", "Subdirectora", "Director, student", None,
)  # fmt: skip
INDUSTRIES = ("software", "Software", "educacion", "Educación", "EDUCACIÓN", " software ", "bank", None)
EMPLOYEES = ("5", "10", "10.0", "11", "100", "500", "1e1", "-3", "diez", "1,000", None)
BUDGETS = (
    "250000", "2.5e5", "+250000.00", "249999.99", "1000000", "1e6", "1,000,000", "250000,0", "n/a", None,
)  # fmt: skip
COUNTRIES = ("MX", " MX ", "mx", "España", "espana", "ESPAÑA", "MEX", "CO", "AU", None)
REGIONS = ("norte", "Norte", "sur", "9.5", "9.49", "9,5", "diez", "10", None)
STATUSES = (
    "New", "Working", "working ", "Accepted", "Rejected", "no calificado", "Nurture", "NURTURE", "Recycled",
    "Qualified", "Pausa",
)  # fmt: skip
TOUCHES = (
    "email_open", "email_click", "form_submission", "content_download", "content_download", "page_view",
    "webinar_attended", "info_request", "other", "Form_Submission", "pigeon_post",
)  # fmt: skip
CONTENT = ("pricing", "Pricing", "case_study", "blog", None, None)
SHARED = ("info@invented.example", "compras@acme.example", "ventas@south.example")


def users(world: World) -> None:
    """Reps of every kind: whole, joining, leaving, inactive with and without a date, misspelt, ex-reps."""
    start = midnight(world.first_month, world.zone)

    def user(user_id: str, department: str, **values: Any) -> None:
        at = values.pop("at", start)
        world.add(
            "users", _id=user_id, _at=at or start, user_id=user_id, user_name=f"Inventado {user_id}",
            department=department, is_active=values.get("is_active", True),
            started_on=values.get("started_on"), ended_on=values.get("ended_on"), updated_at=at,
        )  # fmt: skip

    middle = world.first_month + timedelta(days=world.rng.randint(10, 50))
    later = middle + timedelta(days=world.rng.randint(5, 30))
    user("r1", "sales")
    user("r2", "Sales ", at=None, is_active=None)
    user("r3", "sales", started_on=middle)
    user("r4", "SALES", is_active=world.pick([True, False]), ended_on=later)
    user("r5", "sales", is_active=True)
    gone = world.instant(start + 10 * DAY, world.end)
    user("r5", "sales", is_active=False, at=gone)
    user("r6", "sales", started_on=middle, ended_on=later)
    user("r7", "marketing")
    user("r7", "sales", at=world.instant(start + 5 * DAY, world.end + 2 * DAY))
    user("r8", "sales", is_active=False, at=None)
    user("r9", "sales", is_active=False, at=world.pick([None, start + 20 * DAY]))
    user("mk1", "marketing")
    user("int1", "it")
    if world.chance(0.3):
        user("r6", "marketing", at=world.instant(start, world.end))


def campaigns(world: World) -> None:
    """Campaigns, and their spend: corrected, without currency, in another one, and impossible."""
    start = world.start
    for number in range(1, 5):
        name = f"c{number}"
        world.add(
            "campaigns", _id=name, _at=start, campaign_id=name, campaign_name=f"Campaña {number}",
            channel=world.pick(["x", None]), started_on=None, ended_on=None,
        )  # fmt: skip
        day = local_date(start, world.zone)
        while day <= world.last_day + DAY:
            day += timedelta(days=world.rng.randint(4, 14))
            at = midnight(day + DAY, world.zone)
            for correction in range(1 + world.chance(0.2)):
                updated_at = at + correction * world.pick([timedelta(), DAY])
                world.add(
                    "campaign_spend", _id=f"{name} {day}", _at=updated_at, campaign_id=name, spend_date=day,
                    amount=Decimal(world.rng.randint(0, 90_000)) / 100,
                    currency=world.pick(["MXN", "mxn", "USD", None, "MXN", "EUR"]),
                    updated_at=world.pick([None, updated_at]),
                )  # fmt: skip
    if world.chance(0.5):
        world.add(
            "campaign_spend", _id="c1 wrong", _at=start + 30 * DAY, campaign_id="c1",
            spend_date=world.first_month, amount=Decimal(-5), currency="MXN", updated_at=None,
        )  # fmt: skip


def _attributes(world: World) -> dict[str, Any]:
    return {
        "job_title": world.pick(TITLES),
        "industry": world.pick(INDUSTRIES),
        "company": world.pick(['Ñandú, "S.A."\nB', "=1+1", "<b>Acme</b>; y más", None]),
        "employee_count": world.pick(EMPLOYEES),
        "annual_budget": world.pick(BUDGETS),
        "country": world.pick(COUNTRIES),
        "region": world.pick(REGIONS),
    }


def contact(world: World, email: str | None, created_at: datetime, pool: list[datetime]) -> str:
    """One contact with one to four versions; some versions lie at instants of other events."""
    contact_id = world.new_id(world.pick(["k", "k", "k", "K"]))
    values = _attributes(world)
    declared = None
    moments = {created_at}
    for _ in range(world.pick([0, 0, 1, 2, 3])):
        moments.add(near(world, pool, created_at))
    for updated_at in sorted(moments):
        if updated_at != created_at and world.chance(0.7):
            fresh = _attributes(world)
            for name in world.rng.sample(sorted(fresh), 3):
                values[name] = fresh[name]
        if world.chance(0.3):
            declared = near(world, pool, created_at)
        world.add(
            "contacts", _id=contact_id, _at=updated_at, contact_id=contact_id, updated_at=updated_at,
            created_at=created_at if world.chance(0.97) else created_at - DAY,
            email=email if world.chance(0.93) else None,
            declared_mql_at=declared, merged_into_contact_id=None, is_deleted=world.pick([False, None]),
            **values,
        )  # fmt: skip
        pool.append(updated_at)
    return contact_id


def change_contact(world: World, contact_id: str, at: datetime, **values: Any) -> None:
    """A further version of a contact: merged, deleted, renamed. The versions after it keep the change."""
    versions = [row for row in world.facts["contacts"] if row["contact_id"] == contact_id]
    base = max((row for row in versions), key=lambda row: row["updated_at"])
    at = max(at, base["updated_at"] + MICRO)
    world.facts["contacts"].append({**base, **values, "updated_at": at, "_at": at})


def near(world: World, pool: list[datetime], earliest: datetime) -> datetime:
    """An instant that often ties with, or lies a rule's length from, something that already happened."""
    known = [moment for moment in pool if moment >= earliest]
    kind = world.rng.random()
    if known and kind < 0.25:
        return world.pick(known)
    if known and kind < 0.5:
        days = world.pick([0, 1, 3, 5, 5, 7, 10, 30, 45, 60])
        shifted = world.pick(known) + days * DAY + world.pick([-1, 0, 0, 1]) * MICRO
        if earliest <= shifted < world.end + DAY:
            return shifted
    if known and kind < 0.8:
        anchor = world.pick(known)
        return world.instant(anchor, min(anchor + 6 * DAY, world.end))
    return world.instant(earliest, world.end)


def touch(world: World, contact_id: str, at: datetime) -> None:
    """One touch."""
    touch_id = world.new_id("t")
    world.add(
        "touches", _id=touch_id, _at=at, touch_id=touch_id, contact_id=contact_id, occurred_at=at,
        touch_type=world.pick(TOUCHES), content_type=world.pick(CONTENT),
        campaign_id=world.pick(["c1", "c2", "c3", "c4", None, None]),
    )  # fmt: skip


def history_row(
    world: World, lead_id: str, field: str, old: str | None, new: str | None, at: datetime
) -> None:
    """One change of a lead's owner or status."""
    history_id = world.new_id("h")
    world.add(
        "lead_history", _id=history_id, _at=at, history_id=history_id, lead_id=lead_id, field=field,
        old_value=old, new_value=new, changed_at=at, changed_by_id=world.pick(["int1", None]),
    )  # fmt: skip


def _changes(
    world: World,
    lead_id: str,
    field: str,
    first: str | None,
    values: tuple[str | None, ...],
    moments: list[datetime],
) -> str | None:
    """History rows at the moments; now and then there and back again at one instant. Returns the last."""
    current = first
    for at in moments:
        before = current
        following = [world.pick(values)]
        if world.chance(0.2):
            following.append(world.pick([before, before, world.pick(values)]))
        for value in following:
            history_row(world, lead_id, field, current, value, at)
            current = value
    return current


def lead(
    world: World, contact_id: str | None, email: str | None, created_at: datetime, pool: list[datetime]
) -> str:
    """One lead with its owner and status history, and versions that catch some of it."""
    lead_id = world.new_id("l")
    owners = ("r1", "r1", "r1", "r2", "r2", "r3", "r4", "r5", "r6", "r7", "r9", "queue", "mk1", None)
    owner = world.pick(["queue", "queue", "mk1", "r1", "r2", "r3", "r5", None])
    status = world.pick(["New", "New", "New", "Working", "Nurture", None])
    made = created_at - DAY if world.chance(0.1) else created_at  # some changes precede created_at
    owner_moments = sorted(near(world, pool, made) for _ in range(world.pick([0, 1, 1, 2, 3])))
    status_moments = sorted(near(world, pool, made) for _ in range(world.pick([0, 0, 1, 2, 3, 5])))
    pool += owner_moments + status_moments
    last_owner = _changes(world, lead_id, "owner_id", owner, owners, owner_moments)
    last_status = _changes(world, lead_id, "status", status, STATUSES, status_moments)
    if world.chance(0.1):
        last_owner, last_status = world.pick(owners), world.pick(STATUSES)  # history wins
    moments = sorted({created_at, *owner_moments, *status_moments})
    caught = [moment for moment in moments if moment >= created_at and world.chance(0.7)] or [created_at]
    is_deleted = world.chance(0.06)
    for updated_at in caught:
        is_last = updated_at == caught[-1]
        world.add(
            "leads", _id=lead_id, _at=updated_at, lead_id=lead_id, created_at=created_at,
            updated_at=updated_at, contact_id=contact_id, email=email,
            owner_id=last_owner if is_last else owner, status=last_status if is_last else status,
            rejection_reason=world.pick(["Sin presupuesto", "No contesta", None]),
            is_deleted=is_deleted if is_last else world.pick([False, None]),
        )  # fmt: skip
    return lead_id


def activity(world: World, lead_id: str | None, contact_id: str | None, at: datetime, **values: Any) -> Fact:
    """One activity; by default most are attempts, and few connect."""
    activity_id = world.new_id("a")
    row = {
        "user_id": world.pick([*REPS[:4], "r1", "r1", "mk1", "int1", "nobody"]),
        "activity_type": world.pick(["call", "call", "email", "message", "meeting", "Call", "fax"]),
        "direction": world.pick(["outbound", None, None, "Outbound", "inbound", "sideways"])
        if world.chance(0.4)
        else None,
        "outcome": world.pick(["voicemail", "no_answer", None, None, None, "bounced", "Connected", "replied"])
        if world.chance(0.6)
        else None,
        "is_automated": world.pick([None, False, False, False, True]),
        **values,
    }
    return world.add(
        "activities", _id=activity_id, _at=at, activity_id=activity_id, lead_id=lead_id,
        contact_id=contact_id, occurred_at=at, opportunity_id=None, **row,
    )  # fmt: skip


def meeting(world: World, lead_id: str | None, contact_id: str | None, at: datetime) -> None:
    """One meeting, from planned to held, missed or cancelled, confirmed before or after it took place."""
    meeting_id = world.new_id("m")
    scheduled = world.pick([None, at + DAY, at + 3 * DAY, world.instant(at, at + 9 * DAY)])
    confirmed = world.pick([None, None, at, at + world.pick([1, 2, 5]) * DAY - MICRO])
    moments = [at, at + world.pick([timedelta(), MICRO, DAY]) + DAY, at + 4 * DAY][: world.rng.randint(1, 3)]
    for number, updated_at in enumerate(moments):
        status = world.pick(["confirmed", "held", "Held", "no_show", "cancelled", "scheduled"])
        world.add(
            "meetings", _id=meeting_id, _at=updated_at, meeting_id=meeting_id, lead_id=lead_id,
            contact_id=contact_id, user_id="r1", created_at=at, scheduled_at=scheduled,
            confirmed_at=confirmed if number else None,
            status=status if number or world.chance(0.2) else "scheduled", updated_at=updated_at,
        )  # fmt: skip


def opportunity(
    world: World,
    lead_id: str | None,
    contact_id: str | None,
    at: datetime,
    closed_at: datetime | None = None,
    *,
    won: bool | None = None,
) -> None:
    """One opportunity: open, then perhaps closed; amounts in several currencies, or none."""
    opportunity_id = world.new_id("o")
    values = {
        "amount": world.pick([Decimal(1000), Decimal("2500.5"), Decimal("99.99"), Decimal(-40), None]),
        "currency": world.pick(["MXN", "mxn", "USD", "Usd", None, "EUR" if world.chance(0.5) else "MXN"]),
    }
    if closed_at is None and world.chance(0.6):
        closed_at = at + world.pick([timedelta(), MICRO, 3 * DAY, 10 * DAY, 30 * DAY])
    moments = [at] if closed_at is None else [at, closed_at + world.pick([timedelta(), MICRO, DAY])]
    is_deleted = world.chance(0.06)
    for number, updated_at in enumerate(moments):
        is_closed = number == 1
        is_won = is_closed and (world.chance(0.6) if won is None else won)
        world.add(
            "opportunities", _id=opportunity_id, _at=updated_at, opportunity_id=opportunity_id,
            created_at=at, updated_at=updated_at, lead_id=lead_id, contact_id=contact_id, owner_id="r1",
            stage="s", is_closed=is_closed if world.chance(0.98) else False, is_won=is_won,
            closed_at=closed_at if is_closed else None,
            is_deleted=is_deleted if number + 1 == len(moments) else None, **values,
        )  # fmt: skip
