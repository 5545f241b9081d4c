"""Contract versions for generated histories: valid, varied, and close to what the people can reach."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .civil import DAY
from .generate_world import World

Block = dict[str, Any]

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COUNTRIES = {
    "Europe/Madrid": ("ES", ["MD", "CT"]),
    "America/Mexico_City": ("MX", []),
    "America/Sao_Paulo": ("BR", ["SP"]),
    "Australia/Lord_Howe": ("AU", ["NSW"]),
    "America/New_York": ("US", ["NY"]),
    "Pacific/Auckland": ("NZ", []),
    "America/Santiago": ("CL", []),
    "Asia/Kolkata": ("IN", []),
}
TOUCH_TYPES = (
    "email_open", "email_click", "form_submission", "content_download", "page_view", "webinar_attended",
    "info_request", "other",
)  # fmt: skip


def _hours(world: World) -> Block:
    pattern = world.pick(["office", "split", "evening", "always", "night", "early", "gap", "weekend"])
    days: tuple[str, ...] = WEEK[:5]
    if pattern == "office":
        intervals = ["09:00-17:00"]
    elif pattern == "split":
        intervals = ["09:00-14:00", "15:00-18:00"]
    elif pattern == "evening":
        days, intervals = WEEK[:6], ["16:00-24:00"]
    elif pattern == "always":
        days, intervals = WEEK, ["00:00-24:00"]
    elif pattern == "night":
        days, intervals = WEEK, ["00:00-02:30", "02:30-04:00", "20:00-24:00"]
    elif pattern == "early":
        intervals = ["01:30-02:15", "08:00-12:00", "12:00-16:00"]
    elif pattern == "gap":
        days, intervals = WEEK, ["00:00-00:45", "02:00-03:00", "03:00-03:20", "10:00-16:00"]
    else:
        days, intervals = WEEK[4:], ["10:30-19:45"]
    hours: Block = {day: list(intervals) for day in days}
    if pattern in ("office", "early") and world.chance(0.4):
        hours["sunday"] = ["00:00-03:00"]  # changes of clocks fall on Sundays
    country, subdivisions = COUNTRIES.get(world.zone.key, ("MX", []))
    some_days = [world.first_month + timedelta(days=world.rng.randrange(120)) for _ in range(4)]
    hours["holidays"] = {
        "country": world.pick([None, country, country]),
        "subdivision": None,
        "add": some_days[: world.rng.randint(0, 3)],
        "remove": some_days[world.rng.randint(0, 4) :],  # may remove what was added
    }
    if hours["holidays"]["country"] and subdivisions and world.chance(0.5):
        hours["holidays"]["subdivision"] = world.pick(subdivisions)
    return hours


def _mql(world: World, basis: str) -> Block:
    required: list[Block] = []
    if world.chance(0.3):
        required.append({"attribute": "country", "one_of": ["MX", "CO", "España"]})
    if world.chance(0.1):
        required.append({"attribute": "employee_count", "at_least": 5, "at_most": 500})
    fit: list[Block] = [
        {"id": "industry", "attribute": "industry", "one_of": ["software", "educación"], "points": 15},
        {
            "id": "decision",
            "attribute": "job_title",
            "has_phrase": world.pick([["director", "cto"], ["gerente general", "cto"], ["Dirección"]]),
            "points": 20,
        },
        {"id": "budget", "attribute": "annual_budget", "at_least": 250000, "points": 15},
        {"id": "small", "attribute": "employee_count", "at_most": 10, "points": -5},
        {
            "id": "medium",
            "attribute": "employee_count",
            "at_least": 10,
            "at_most": world.pick([100, 500]),
            "points": 2.25,
        },
        {"id": "student", "attribute": "job_title", "has_phrase": ["estudiante", "student"], "points": -50},
        {"id": "region", "attribute": "region", "one_of": ["norte"], "points": 2.5},
        {
            "id": "region-number",
            "attribute": world.pick(["region", "region", "Region"]),
            "at_least": 9.5,
            "points": 3,
        },
    ]
    engagement: list[Block] = [
        {"id": "any", "points": 2, "max_count": world.pick([3, 10]), "window_days": world.pick([5, 7, 30])},
        {
            "id": "content",
            "touch_type": ["content_download", "webinar_attended"],
            "content_type": ["pricing", "case_study"],
            "points": 15,
            "max_count": 2,
            "window_days": world.pick([5, 30, 60]),
        },
        {"id": "form", "touch_type": ["form_submission"], "points": 10},
        {"id": "noise", "touch_type": ["other"], "points": -3, "max_count": 4},
        {"id": "reading", "content_type": ["blog"], "points": 0.5, "window_days": 10},
    ]
    block: Block = {"basis": basis, "required": required, "fit": fit, "engagement": engagement}
    if basis == "scored" or world.chance(0.5):
        block["threshold"] = world.pick([10, 15, 20, 22.5, 25, 25, 30])
    if world.chance(0.8):
        block["requalify_after_days"] = world.pick([0, 0, 3, 10])
    return block


def _triggers(world: World) -> list[Block]:
    every: list[Block] = [
        {"id": "asked", "touch_type": ["info_request"]},
        {"id": "pricing", "content_type": ["pricing"], "at_least": world.pick([1, 2])},
        {"id": "many", "at_least": world.pick([2, 3, 6])},
    ]
    if world.chance(0.4):
        return []
    return world.rng.sample(every, world.rng.randint(1, 3))


def _follow_up(world: World) -> Block:
    block: Block = {}
    if world.chance(0.85):
        block["first_attempt_within_business_hours"] = world.pick([0.5, 2, 8, 16])
    if world.chance(0.85):
        steps: list[Block] = [
            {
                "activity": ["call"],
                "at_least": world.pick([1, 2, 3]),
                "within_business_days": world.pick([1, 2, 4]),
            },
            {"activity": ["email", "message"], "within_business_days": world.pick([1, 3, 5])},
            {"within_business_days": world.pick([2, 3]), "at_least": world.pick([1, 2])},
        ]
        block["cadence"] = world.rng.sample(steps, world.rng.randint(1, 3))
    if world.chance(0.85):
        block["disposition_within_business_hours"] = world.pick([1, 24, 40])
    if world.chance(0.9):
        block["no_contact"] = {
            "after_attempts": world.pick([1, 2, 2, 3]),
            "recycle_within_business_days": world.pick([1, 2, 4]),
        }
    return block


def _sql(world: World) -> Block:
    conditions = ["connected", "accepted", "meeting_confirmed", "opportunity_created", "qualified_status"]
    mode = world.pick(["all_of", "any_of"])
    count = world.rng.randint(1, 2 if mode == "all_of" else 3)
    return {mode: world.rng.sample(conditions, count), "within_days": world.pick([5, 10, 45])}


def _commitments(world: World, block: Block) -> list[Block]:
    follow_up = block.get("follow_up", {})
    possible = [
        ("mql-volume", "marketing", "mqls_delivered", True),
        ("qualified", "marketing", "mqls_qualified", True),
        ("leads", "marketing", "leads_created", True),
        ("handoff", "marketing", "handoff_on_time_rate", "within_business_hours" in block.get("handoff", {})),
        ("first", "sales", "first_attempt_on_time_rate", "first_attempt_within_business_hours" in follow_up),
        ("cadence", "sales", "cadence_completed_rate", "cadence" in follow_up),
        (
            "disposition",
            "sales",
            "disposition_on_time_rate",
            "disposition_within_business_hours" in follow_up,
        ),
        ("no-contact", "sales", "no_contact_procedure_rate", "no_contact" in follow_up),
        ("load", "sales", "reps_within_capacity_rate", "capacity" in block),
        ("sql", "sales", "mql_to_sql_rate", "sql" in block),
        ("opp", "sales", "mql_to_opportunity_rate", "opportunity" in block),
        ("cust", "sales", "mql_to_customer_rate", "customer" in block),
        ("sqls", "sales", "sqls", "sql" in block),
        ("opps", "sales", "opportunities", True),
        ("won", "sales", "customers_won", True),
        ("meetings", "sales", "meetings_confirmed", True),
        ("revenue", "sales", "revenue_won", True),
        ("win", "sales", "win_rate", True),
        ("cost", "marketing", "cost_per_mql", True),
    ]
    found = []
    for commitment_id, owner, metric, allowed in possible:
        if allowed and world.chance(0.9):
            comparison = world.pick(["at_least", "at_least", "at_most"])
            found.append({"id": commitment_id, "owner": owner, "metric": metric, comparison: 1})
    return found


def _signatures(world: World, number: int, effective: date) -> list[Block]:
    """Signed before, late, after the end of the history, or by one department only: a draft."""
    day = effective - DAY
    entries: list[Block] = [
        {"department": "marketing", "name": "Ana Inventada", "role": "CMO", "signed_on": day},
        {"department": "sales", "name": "Luis Ficticio", "role": "VP Sales", "signed_on": day},
    ]
    if number == 1:
        return entries
    kind = world.rng.random()
    if kind < 0.25:
        span = max((world.last_day - effective).days, 1)
        entries[world.rng.randrange(2)]["signed_on"] = effective + world.rng.randrange(span) * DAY
    elif kind < 0.33:
        entries[world.rng.randrange(2)]["signed_on"] = world.last_day - world.rng.randint(-2, 3) * DAY
    elif kind < 0.4:
        entries.pop(world.rng.randrange(2))
    return entries


def make_contracts(world: World) -> list[Block]:
    """The contract versions of a world; their targets are set later, when the figures are known."""
    bases = world.pick([["scored"], ["scored"], ["scored"], ["declared"], ["scored", "declared"]])
    found = []
    for number, effective in enumerate(world.effective, start=1):
        block: Block = {
            "contract": "generated",
            "version": number,
            "effective_from": effective,
            "timezone": world.zone.key,
            "currency": "MXN",
            "language": world.pick(["es", "en"]),
            "signed_by": _signatures(world, number, effective),
            "business_hours": _hours(world),
            "mql": _mql(world, world.pick(bases)),
            "lead_statuses": {
                "accepted": world.pick([["Working", "Accepted"], ["WORKING", "Accepted", "Qualified"]]),
                "rejected": ["Rejected", "No Calificado"],
                "recycled": world.pick([["Nurture", "Recycled"], ["Recycled"], ["nurture"]]),
                "qualified": ["Qualified"],
            },
        }
        if world.chance(0.9):
            block["handoff"] = {"triggers": _triggers(world)}
            if world.chance(0.9):
                block["handoff"]["within_business_hours"] = world.pick([0.5, 1, 4, 8])
        follow_up = _follow_up(world)
        if follow_up:
            block["follow_up"] = follow_up
        if world.chance(0.9):
            block["sql"] = _sql(world)
        if world.chance(0.85):
            block["opportunity"] = {"within_days": world.pick([5, 20, 60])}
        if world.chance(0.85):
            block["customer"] = {"within_days": world.pick([10, 30, 180])}
        if world.chance(0.9):
            low = world.pick([0, 1, 2])
            block["capacity"] = {
                "per_rep": {"min": low, "max": low + world.pick([0, 1, 3])},
                "overrides": [{"rep": "r2", "min": 1, "max": 2}],
            }
        if world.chance(0.5):
            block["plan"] = {
                "revenue_goal": {"default": 1000},
                "marketing_budget": {"default": 100},
                "lookback_periods": 3,
            }
        block["commitments"] = _commitments(world, block)
        found.append(block)
    return found
