"""The arithmetic of the next MQL number: what the goal takes, what can be paid for, expected and worked.

What belongs here: from the queries' answers to numbers, the number proposed and the verdict. What doesn't: words, and
anything that grows with the number of people, which the queries in `sql/plan` count in the warehouse.

Comparisons are made on exact numbers (Fraction); doubles are for show.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal, cast

from dagster_project.decisions.columns import records_of

if TYPE_CHECKING:
    import pandas as pd

FEWEST_MQLS = 30
DEMAND_PERIODS = 3
HOLD_BAND = Fraction(5, 100)
CONFIDENCE = 0.90

# The number that marketing commits to: MQLs in sales' hands, or qualified where only that is promised.
MQL_NUMBER_METRICS = ("mqls_delivered", "mqls_qualified")
FOLLOW_UP_METRICS = ("first_attempt_on_time_rate", "cadence_completed_rate", "disposition_on_time_rate")

Binding = Literal["required", "workable", "affordable"]
Verdict = Literal["raise", "lower", "hold", "not_more"]


@dataclass(frozen=True)
class Interval:
    """A range of a rate."""

    low: float
    high: float


def wilson_interval(successes: int, trials: int, confidence: float = CONFIDENCE) -> Interval:
    """The Wilson score interval of a rate: `successes` of `trials`, at a two-sided confidence.

    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n), with p = successes/n and z the standard normal's quantile.
    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the
    American Statistical Association 22 (1927) 209–212. Raises ValueError without trials.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no rate")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = successes / trials
    middle = rate + z * z / (2 * trials)
    margin = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # rounding must not push a bound past the rate that it bounds
    return Interval(
        low=min(max((middle - margin) / scale, 0.0), rate),
        high=max(min((middle + margin) / scale, 1.0), rate),
    )


@dataclass(frozen=True)
class Terms:
    """What the contract says of one period to come. None is what it doesn't say."""

    period: date
    contract_version: int
    language: str
    currency: str
    has_plan: bool
    has_customer_promise: bool
    has_capacity: bool
    lookback_periods: int | None
    revenue_goal: Fraction | None
    marketing_budget: Fraction | None
    active_reps: int
    workable: int | None


@dataclass(frozen=True)
class Lookback:
    """What the periods looked back on amount to.

    `mqls` are those handed off in them whose time to become a customer has passed, `customers` those of them who
    became one in time and `amount_won` what these are worth; `cohorts` are the periods of hand-off that `mqls` are of.
    """

    periods: tuple[date, ...]
    periods_over: int
    leads: int
    mqls_qualified: int
    mqls_delivered: int
    spend: Fraction
    recent_leads: Fraction | None
    mqls: int
    customers: int
    amount_won: Fraction
    cohorts: tuple[date, ...]


@dataclass(frozen=True)
class LastPeriod:
    """What was promised for the latest period that is over: the MQL number, and the metrics of follow-up that sales
    missed."""

    period: date | None
    target: Fraction | None
    missed: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The plan for one period to come. `missing` names what there is too little of; then there is no proposal."""

    terms: Terms
    lookback: Lookback
    last: LastPeriod
    missing: tuple[str, ...]
    required: Fraction | None
    required_low: float | None
    required_high: float | None
    affordable: Fraction | None
    expected: Fraction | None
    proposal: Fraction | None = None
    binding: Binding | None = None
    verdict: Verdict | None = None

    @property
    def average_amount(self) -> Fraction | None:
        """What a customer is worth on average."""
        return self.lookback.amount_won / self.lookback.customers if self.lookback.customers else None

    @property
    def cost_per_mql(self) -> Fraction | None:
        return self.lookback.spend / self.lookback.mqls_delivered if self.lookback.mqls_delivered else None

    @property
    def whole_proposal(self) -> int | None:
        """The proposal in whole MQLs: enough for the goal, never more than a limit allows."""
        if self.proposal is None or self.required is None:
            return None
        limits = [math.floor(limit) for limit in (self.affordable, self.terms.workable) if limit is not None]
        return min([math.ceil(self.required), *limits])


def plans(answers: Mapping[str, pd.DataFrame]) -> list[Plan]:
    """The plan of each period to come, with the numbers behind it."""
    last = _last_period(records_of(answers["commitments"]), records_of(answers["funnel"]))
    return [
        _plan(terms, _lookback(terms, records_of(answers["funnel"]), records_of(answers["cohorts"])), last)
        for terms in map(_terms, records_of(answers["terms"]))
    ]


def _plan(terms: Terms, lookback: Lookback, last: LastPeriod) -> Plan:
    missing = tuple(_missing(terms, lookback))
    required = low = high = affordable = expected = None
    if terms.revenue_goal is not None and _has_rate(lookback) and lookback.amount_won > 0:
        worth = lookback.amount_won / lookback.customers
        required = terms.revenue_goal / worth / Fraction(lookback.customers, lookback.mqls)
        interval = wilson_interval(lookback.customers, lookback.mqls)
        low, high = (float(terms.revenue_goal / worth) / rate for rate in (interval.high, interval.low))
    if terms.marketing_budget is not None and lookback.mqls_delivered and lookback.spend > 0:
        affordable = terms.marketing_budget / (lookback.spend / lookback.mqls_delivered)
    if lookback.recent_leads is not None and lookback.leads:
        expected = lookback.recent_leads * Fraction(lookback.mqls_qualified, lookback.leads)
    plan = Plan(terms, lookback, last, missing, required, low, high, affordable, expected)
    return plan if missing or required is None else _with_proposal(plan, required)


def _with_proposal(plan: Plan, required: Fraction) -> Plan:
    proposal = required
    binding: Binding = "required"
    if plan.terms.workable is not None and plan.terms.workable < proposal:
        proposal, binding = Fraction(plan.terms.workable), "workable"
    if plan.affordable is not None and plan.affordable < proposal:
        proposal, binding = plan.affordable, "affordable"
    return replace(plan, proposal=proposal, binding=binding, verdict=_verdict(proposal, plan.last))


def _verdict(proposal: Fraction, last: LastPeriod) -> Verdict | None:
    """None where no MQL number was promised to compare with."""
    if last.target is None:
        return None
    if proposal > last.target * (1 + HOLD_BAND):
        return "not_more" if last.missed else "raise"
    return "lower" if proposal < last.target * (1 - HOLD_BAND) else "hold"


def _has_rate(lookback: Lookback) -> bool:
    """Whether there is a rate to be told: one month's hand-offs alone don't show what is usual."""
    return lookback.mqls >= FEWEST_MQLS and lookback.customers > 0 and len(lookback.cohorts) > 1


def _missing(terms: Terms, lookback: Lookback) -> Iterator[str]:
    """What there is too little of, in the order in which it would be put right."""
    if not terms.has_plan:
        yield "plan"
        return
    if terms.revenue_goal is None:
        yield "revenue_goal"
    if lookback.periods_over == 0:
        yield "periods"
        return
    if lookback.periods_over == 1:
        yield "second_period"
    if not terms.has_customer_promise and lookback.mqls == 0:
        yield "customer_promise"
    elif lookback.mqls < FEWEST_MQLS:
        yield "mqls"
    elif lookback.customers == 0:
        yield "customers"
    elif lookback.amount_won <= 0:
        yield "amounts"
    elif len(lookback.cohorts) == 1 and lookback.periods_over > 1:
        yield "second_cohort"
    if terms.marketing_budget is not None:
        if lookback.mqls_delivered == 0:
            yield "delivered"
        elif lookback.spend <= 0:
            yield "spend"
    if terms.has_capacity and terms.active_reps == 0:
        yield "reps"


def _terms(row: Mapping[str, Any]) -> Terms:
    return Terms(
        period=_as_date(row["period"]),
        contract_version=int(row["contract_version"]),
        language=row["language"],
        currency=row["currency"],
        has_plan=bool(row["has_plan"]),
        has_customer_promise=bool(row["has_customer_promise"]),
        has_capacity=bool(row["has_capacity"]),
        lookback_periods=None if row["lookback_periods"] is None else int(row["lookback_periods"]),
        revenue_goal=_exact_or_none(row["revenue_goal"]),
        marketing_budget=_exact_or_none(row["marketing_budget"]),
        active_reps=int(row["active_reps"]),
        workable=None if row["workable"] is None else int(row["workable"]),
    )


def _lookback(
    terms: Terms, funnel: Sequence[Mapping[str, Any]], cohorts: Sequence[Mapping[str, Any]]
) -> Lookback:
    over = sorted(_as_date(row["period"]) for row in funnel)
    # a contract that names no look-back means all there is
    looked_back = over[-terms.lookback_periods :] if terms.lookback_periods else over
    rows = [row for row in funnel if _as_date(row["period"]) in looked_back]
    decided = [row for row in cohorts if _as_date(row["period"]) in looked_back]
    recent = [_exact(row["leads"]) for row in funnel if _as_date(row["period"]) in over[-DEMAND_PERIODS:]]

    def total(rows: Sequence[Mapping[str, Any]], name: str) -> Fraction:
        return sum((_exact(row[name]) for row in rows), Fraction(0))

    return Lookback(
        periods=tuple(looked_back),
        periods_over=len(over),
        leads=int(total(rows, "leads")),
        mqls_qualified=int(total(rows, "mqls_qualified")),
        mqls_delivered=int(total(rows, "mqls_delivered")),
        spend=total(rows, "spend"),
        recent_leads=sum(recent, Fraction(0)) / len(recent) if recent else None,
        mqls=int(total(decided, "mqls")),
        customers=int(total(decided, "customers")),
        amount_won=total(decided, "amount_won"),
        cohorts=tuple(_as_date(row["period"]) for row in decided),
    )


def _last_period(commitments: Sequence[Mapping[str, Any]], funnel: Sequence[Mapping[str, Any]]) -> LastPeriod:
    targets = {
        metric: _exact(row["target"])
        for metric in MQL_NUMBER_METRICS
        for row in reversed(commitments)
        if row["metric"] == metric
    }
    missed = {row["metric"] for row in commitments if row["owner"] == "sales" and row["status"] == "missed"}
    return LastPeriod(
        period=max((_as_date(row["period"]) for row in funnel), default=None),
        target=next((targets[metric] for metric in MQL_NUMBER_METRICS if metric in targets), None),
        missed=tuple(metric for metric in FOLLOW_UP_METRICS if metric in missed),
    )


def _exact(value: Any) -> Fraction:
    if isinstance(value, Decimal):
        return Fraction(value)
    if isinstance(value, numbers.Integral):
        return Fraction(int(value))
    raise TypeError(f"{value!r} is no exact number: pass integers and decimals, not {type(value).__name__}")


def _exact_or_none(value: Any) -> Fraction | None:
    return None if value is None else _exact(value)


def _as_date(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else cast(date, value)
