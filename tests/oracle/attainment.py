"""Metrics, bounds, status and projection of each commitment in each period (domain.md §9), exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from .civil import DAY, midnight
from .funnel import Mql
from .obligations import Obligation, Period
from .people import People
from .read import History, Row, latest

RATES = {
    "handoff_on_time_rate": "handoff",
    "first_attempt_on_time_rate": "first_attempt",
    "cadence_completed_rate": "cadence",
    "disposition_on_time_rate": "disposition",
    "no_contact_procedure_rate": "no_contact",
    "reps_within_capacity_rate": "rep_load",
    "mql_to_sql_rate": "sql",
    "mql_to_opportunity_rate": "opportunity",
    "mql_to_customer_rate": "customer",
}
VOLUME_TIMES = {
    "mqls_qualified": "qualified_at",
    "mqls_delivered": "handed_off_at",
    "sqls": "sql_at",
    "opportunities": "opportunity_at",
    "customers_won": "won_at",
}
RATIOS = ("win_rate", "cost_per_mql")


@dataclass
class Attainment:
    """One row of `sla_attainment`, with the exact numbers behind its doubles."""

    period: Period
    commitment_id: str
    owner: str
    metric: str
    comparison: str
    target: Fraction
    actual: Fraction | None = None
    met: int | None = None
    breached: int | None = None
    pending: int | None = None
    due: int | None = None
    worst: Fraction | None = None
    best: Fraction | None = None
    projection: Fraction | None = None
    attainment: Fraction | None = None
    status: str = ""
    final: bool = False


@dataclass
class Counts:
    """What happened in one period."""

    volumes: dict[str, Fraction]
    won: int
    closed: int
    lost: int
    spend: Fraction


def spend_rows(history: History, period: Period) -> list[Row]:
    """§3.2: campaign spend dated in the period whose local day has ended by W."""
    return [
        row
        for row in latest(history, "campaign_spend").values()
        if row["spend_date"] in period.days
        and midnight(row["spend_date"] + DAY, history.contracts.zone) <= history.complete_through
    ]


def count(history: History, people: People, mqls: list[Mql], period: Period) -> Counts:
    """§9: the volumes of one period, and the parts of its ratios."""

    def inside(instant: datetime | None) -> bool:
        return (
            instant is not None
            and period.starts_at <= instant < period.ends_at
            and instant < history.complete_through
        )

    volumes = {
        metric: Fraction(sum(inside(getattr(mql, column)) for mql in mqls))
        for metric, column in VOLUME_TIMES.items()
    }
    volumes["leads_created"] = Fraction(
        sum(inside(min(person.created)) for person in people.persons.values() if person.created)
    )
    volumes["meetings_confirmed"] = Fraction(sum(inside(at) for mql in mqls for at in mql.confirmations))
    closed = [
        row for mql in mqls for row in mql.opportunities if row["is_closed"] and inside(row["closed_at"])
    ]
    won = [row for row in closed if row["is_won"]]
    volumes["revenue_won"] = sum((Fraction(row["converted"]) for row in won), Fraction(0))
    spend = sum((Fraction(row["converted"]) for row in spend_rows(history, period)), Fraction(0))
    return Counts(volumes, len(won), len(closed), sum(inside(mql.lost_at) for mql in mqls), spend)


def _reaches(comparison: str, value: Fraction, target: Fraction) -> bool:
    return value >= target if comparison == "at_least" else value <= target


def _volume(row: Attainment, actual: Fraction, history: History) -> None:
    period, complete_through = row.period, history.complete_through
    row.actual = actual
    reached = _reaches(row.comparison, actual, row.target)
    if complete_through >= period.ends_at:
        row.projection, row.status, row.final = actual, "met" if reached else "missed", True
        return
    # §9 Projection: actual ÷ the share of the period's business seconds elapsed at W.
    calendar = period.version.calendar
    elapsed = calendar.business_time(period.starts_at, complete_through)
    if elapsed > timedelta():
        whole = calendar.business_time(period.starts_at, period.ends_at)
        microsecond = timedelta(microseconds=1)
        row.projection = actual / Fraction(elapsed // microsecond, whole // microsecond)
    promising = row.projection is None or _reaches(row.comparison, row.projection, row.target)
    row.status = "on_track" if promising else "at_risk"
    if row.comparison == "at_least" and reached:
        row.status = "met"
    if row.comparison == "at_most" and not reached:
        row.status = "missed"


def _rate(row: Attainment, obligations: list[Obligation], history: History) -> None:
    complete_through = history.complete_through
    is_over = complete_through >= row.period.ends_at
    row.met, row.breached, row.pending = (
        sum(found.outcome == outcome for found in obligations) for outcome in ("met", "breached", "pending")
    )
    passed = [found for found in obligations if found.has_passed(complete_through)]
    row.due = len(passed)
    owed = len(obligations)
    if owed:
        row.worst, row.best = Fraction(row.met, owed), Fraction(row.met + row.pending, owed)
    base = obligations if is_over and row.pending == 0 else passed
    if base:
        row.actual = Fraction(sum(found.outcome == "met" for found in base), len(base))
    row.final = is_over and row.pending == 0
    promising = row.actual is None or _reaches(row.comparison, row.actual, row.target)
    row.status = "on_track" if promising else "at_risk"
    if not is_over:
        return
    if not owed or row.worst is None or row.best is None:
        row.status = "no_data"
        return
    surest, likeliest = (row.worst, row.best) if row.comparison == "at_least" else (row.best, row.worst)
    if _reaches(row.comparison, surest, row.target):
        row.status = "met"
    elif not _reaches(row.comparison, likeliest, row.target):
        row.status = "missed"


def _ratio(row: Attainment, above: Fraction, below: Fraction, history: History, *, is_cost: bool) -> None:
    is_over = history.complete_through >= row.period.ends_at
    row.final = is_over
    if below:
        row.actual = above / below
        reached = _reaches(row.comparison, row.actual, row.target)
    elif is_cost and above > 0:
        reached = False  # §9: spend and no MQL is as bad as can be
    else:
        row.status = "no_data" if is_over else "on_track"
        return
    good, bad = ("met", "missed") if is_over else ("on_track", "at_risk")
    row.status = good if reached else bad


def attain(
    history: History,
    people: People,
    mqls: list[Mql],
    obligations: list[Obligation],
    periods: list[Period],
) -> list[Attainment]:
    """One row a period and commitment that has a target there."""
    found = []
    of_kind: Callable[[str, Period], list[Obligation]] = lambda kind, period: [  # noqa: E731
        row for row in obligations if row.obligation == kind and row.period == period.first_day
    ]
    for period in periods:
        counts = count(history, people, mqls, period)
        for commitment in period.version.commitments:
            target = commitment.target(period.first_day)
            if target is None:
                continue
            row = Attainment(
                period,
                commitment.commitment_id,
                commitment.owner,
                commitment.metric,
                commitment.comparison,
                Fraction(target),
            )
            if commitment.metric in RATES:
                _rate(row, of_kind(RATES[commitment.metric], period), history)
            elif commitment.metric == "win_rate":
                _ratio(row, Fraction(counts.won), Fraction(counts.closed), history, is_cost=False)
            elif commitment.metric == "cost_per_mql":
                _ratio(row, counts.spend, counts.volumes["mqls_delivered"], history, is_cost=True)
            else:
                _volume(row, counts.volumes[commitment.metric], history)
            if row.actual is not None and row.target != 0:
                if row.comparison == "at_least":
                    row.attainment = row.actual / row.target
                elif row.actual != 0:
                    row.attainment = row.target / row.actual
            found.append(row)
    return found
