"""The tables beside the four main ones: credit, scores, opportunities, funnels, performance, breaches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .attainment import Counts, count, spend_rows
from .civil import MICROSECOND, local_date
from .funnel import NO_CAMPAIGN, Mql
from .obligations import BY_DAYS, Obligation, Period, capacity_of
from .people import People
from .read import History

MODELS = ("first_touch", "last_touch", "linear", "position_based")
Table = list[dict[str, Any]]


def seconds(length: timedelta) -> Decimal:
    """A length in seconds, exactly."""
    return Decimal(length // MICROSECOND) / 1_000_000


def _weights(model: str, places: int) -> list[Fraction]:
    """§10 Campaign credit: the weight of each place in the order of time."""
    if model == "first_touch":
        return [Fraction(1)] + [Fraction(0)] * (places - 1)
    if model == "last_touch":
        return [Fraction(0)] * (places - 1) + [Fraction(1)]
    if model == "linear":
        return [Fraction(1, places)] * places
    if places == 1:
        return [Fraction(1)]
    if places == 2:
        return [Fraction(1, 2)] * 2
    return [Fraction(2, 5)] + [Fraction(1, 5) / (places - 2)] * (places - 2) + [Fraction(2, 5)]


def credits_of(mql: Mql, model: str) -> dict[str, Fraction]:
    """§10: credits by campaign, which sum to 1; no credit of 0; without a touch all to `(none)`."""
    touches = mql.credited_touches
    if not touches:
        return {NO_CAMPAIGN: Fraction(1)}
    weights = _weights(model, len(touches))
    found: dict[str, Fraction] = {}
    for touch in touches:
        # Touches at one instant each get the mean of their places' weights.
        places = [n for n, other in enumerate(touches) if other["occurred_at"] == touch["occurred_at"]]
        credit = sum((weights[place] for place in places), Fraction(0)) / len(places)
        found[touch["campaign_id"]] = found.get(touch["campaign_id"], Fraction(0)) + credit
    return {campaign: credit for campaign, credit in found.items() if credit}


def _month(instant: datetime, history: History) -> date:
    return local_date(instant, history.contracts.zone).replace(day=1)


def campaign_credits(mqls: list[Mql]) -> Table:
    """One row a credit."""
    return [
        {
            "model": model,
            "person_id": mql.person.person_id,
            "cycle": mql.cycle,
            "campaign_id": campaign,
            "credit": credit,
        }
        for model in MODELS
        for mql in mqls
        for campaign, credit in credits_of(mql, model).items()
    ]


def campaign_credit_by_period(history: History, mqls: list[Mql]) -> Table:
    """One row a model, period of qualification and campaign: how many MQLs it is credited with."""
    sums: dict[tuple[str, str, str], Fraction] = {}
    for model in MODELS:
        for mql in mqls:
            for campaign, credit in credits_of(mql, model).items():
                key = (model, f"{_month(mql.qualified_at, history):%Y-%m}", campaign)
                sums[key] = sums.get(key, Fraction(0)) + credit
    return [
        {"model": model, "period": period, "campaign_id": campaign, "mqls": credit}
        for (model, period, campaign), credit in sorted(sums.items())
    ]


def campaign_performance(history: History, mqls: list[Mql], periods: list[Period]) -> Table:
    """outputs.md: credit × the MQL's flag or amount at the period of qualification; spend by its own date."""
    found: dict[tuple[str, date, str], dict[str, Fraction]] = {}

    def row(campaign: str, period: date, model: str) -> dict[str, Fraction]:
        empty = dict.fromkeys(("mqls", "sqls", "customers", "amount_won", "spend"), Fraction(0))
        return found.setdefault((campaign, period, model), empty)

    for model in MODELS:
        for mql in mqls:
            for campaign, credit in credits_of(mql, model).items():
                cell = row(campaign, _month(mql.qualified_at, history), model)
                cell["mqls"] += credit
                cell["sqls"] += credit * (mql.sql_at is not None)
                cell["customers"] += credit * (mql.won_at is not None)
                cell["amount_won"] += credit * Fraction(mql.amount_won)
                for other in MODELS:  # no model vanishes beside another
                    row(campaign, _month(mql.qualified_at, history), other)
        for period in periods:
            for spent in spend_rows(history, period):
                row(spent["campaign_id"], period.first_day, model)["spend"] += Fraction(spent["converted"])
    return [
        {
            "campaign_id": campaign,
            "period": period,
            "model": model,
            **cell,
            "cost_per_mql": cell["spend"] / cell["mqls"] if cell["mqls"] else None,
        }
        for (campaign, period, model), cell in sorted(found.items())
    ]


def mql_scores(mqls: list[Mql]) -> Table:
    """One row an MQL and rule that gave points; `matched`: how many touches matched (1 for a fit rule)."""
    return [
        {
            "person_id": mql.person.person_id,
            "cycle": mql.cycle,
            "rule_id": rule_id,
            "points": points,
            "matched": matched,
        }
        for mql in mqls
        for rule_id, (points, matched) in mql.points.items()
        if points
    ]


def opportunities(history: History, mqls: list[Mql]) -> Table:
    """One row an opportunity of an MQL; closed at or after W hasn't happened (§3.2)."""
    rows = []
    for mql in mqls:
        for row in mql.opportunities:
            is_closed = row["is_closed"] and row["closed_at"] < history.complete_through
            rows.append(
                {
                    "opportunity_id": row["opportunity_id"],
                    "person_id": mql.person.person_id,
                    "cycle": mql.cycle,
                    "created_at": row["created_at"],
                    "closed_at": row["closed_at"] if is_closed else None,
                    "is_won": bool(is_closed and row["is_won"]),
                    "amount": row["converted"],
                    "currency": history.contracts.versions[0].currency,
                    "original_amount": row["amount"],
                    "original_currency": row["currency"],
                }
            )
    return sorted(rows, key=lambda row: row["opportunity_id"])


def funnel_by_cohort(mqls: list[Mql], obligations: list[Obligation], periods: list[Period]) -> Table:
    """By period of hand-off; a decided share is (met + breached) ÷ all obligations of that kind."""
    rows = []
    for period in periods:
        cohort = [
            mql
            for mql in mqls
            if mql.handed_off_at is not None and period.starts_at <= mql.handed_off_at < period.ends_at
        ]
        row: dict[str, Any] = {
            "period": period.first_day,
            "mqls": len(cohort),
            "sqls": sum(mql.sql_at is not None for mql in cohort),
            "opportunities": sum(mql.opportunity_at is not None for mql in cohort),
            "customers": sum(mql.won_at is not None for mql in cohort),
        }
        for name, kind in (("sqls", "sql"), ("opportunities", "opportunity"), ("customers", "customer")):
            owed = [o for o in obligations if o.obligation == kind and o.period == period.first_day]
            decided = sum(o.outcome != "pending" for o in owed)
            row[f"{name}_decided_share"] = Fraction(decided, len(owed)) if owed else None
        rows.append(row)
    return rows


def funnel_by_period(history: History, people: People, mqls: list[Mql], periods: list[Period]) -> Table:
    """By period of the event."""
    rows = []
    for period in periods:
        counts: Counts = count(history, people, mqls, period)
        rows.append(
            {
                "period": period.first_day,
                "leads": counts.volumes["leads_created"],
                **{
                    name: counts.volumes[name]
                    for name in (
                        "mqls_qualified",
                        "mqls_delivered",
                        "sqls",
                        "opportunities",
                        "meetings_confirmed",
                        "customers_won",
                    )
                },
                "lost": counts.lost,
                "revenue_won": counts.volumes["revenue_won"],
                "spend": counts.spend,
            }
        )
    return rows


def percentile(values: list[Decimal], share: Fraction) -> Fraction | None:
    """The continuous percentile: linear between the two nearest ranks."""
    if not values:
        return None
    ranked = sorted(Fraction(value) for value in values)
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def rep_performance(
    history: History,
    people: People,
    mqls: list[Mql],
    obligations: list[Obligation],
    periods: list[Period],
) -> Table:
    """outputs.md: what happened in P to the rep's MQLs; rows where a load is owed or anything happened."""
    rows = []
    for period in periods:

        def inside(instant: datetime | None, period: Period = period) -> bool:
            return instant is not None and period.starts_at <= instant < period.ends_at

        for rep_id, user in sorted(people.users.items()):
            if not people.is_rep(rep_id):
                continue
            own = [mql for mql in mqls if mql.rep_id == rep_id]
            handed = [mql for mql in own if inside(mql.handed_off_at)]
            responses = [seconds(mql.first_response) for mql in handed if mql.first_response is not None]
            owes = any(
                o.obligation == "rep_load" and o.rep_id == rep_id and o.period == period.first_day
                for o in obligations
            )
            low: int | None = None
            high: int | None = None
            if owes:
                low, high = capacity_of(user, period, history.contracts)
            row = {
                "rep_id": rep_id,
                "period": period.first_day,
                "mqls": len(handed),
                "min": low,
                "max": high,
                "first_response_p50_business_seconds": percentile(responses, Fraction(1, 2)),
                "first_response_p90_business_seconds": percentile(responses, Fraction(9, 10)),
                "attempts": _tally(inside(a["occurred_at"]) for mql in own for a in mql.attempts),
                "sqls": _tally(inside(mql.sql_at) for mql in own),
                "meetings": _tally(inside(at) for mql in own for at in mql.confirmations),
                "won": _tally(inside(mql.won_at) for mql in own),
                "lost": _tally(inside(mql.lost_at) for mql in own),
            }
            happened = any(row[name] for name in ("mqls", "attempts", "sqls", "meetings", "won", "lost"))
            if owes or happened:
                rows.append(row)
    return rows


def _tally(flags: Iterable[bool]) -> int:
    return sum(flags)


def breaches(history: History, obligations: list[Obligation]) -> Table:
    """outputs.md: breached, and pending ones due within the next two business days of the obligation's
    version: by 24:00 of the second business day after the local date of the last instant before W.

    What is breached was overdue from its deadline until it was done (else until W); the rest remains from W.
    """
    complete_through = history.complete_through
    rows = []
    for found in obligations:
        calendar = found.version.calendar
        horizon = calendar.due_after_days(complete_through - MICROSECOND, 2)
        if found.outcome == "met" or (found.outcome == "pending" and found.due_at > horizon):
            continue
        rows.append(
            {
                "obligation": found.obligation,
                "person_id": found.person_id,
                "cycle": found.cycle,
                "rep_id": found.rep_id,
                "period": found.period,
                "due_at": found.due_at,
                "outcome": found.outcome,
                "deadline_in_business_days": found.obligation in BY_DAYS,
                "overdue_business_seconds": (
                    seconds(calendar.business_time(found.due_at, found.done_at or complete_through))
                    if found.outcome == "breached"
                    else None
                ),
                "remaining_business_seconds": (
                    seconds(calendar.business_time(complete_through, found.due_at))
                    if found.outcome == "pending"
                    else None
                ),
            }
        )
    return rows
