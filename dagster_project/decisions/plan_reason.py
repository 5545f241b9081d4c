"""The plan's argument in words: which sentences, in which order.

What belongs here: the choice of sentences and the numbers they show, in whole MQLs. What doesn't: the sentences
themselves (`strings/`) and the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from dagster_project.decisions.plan_figures import CONFIDENCE, FEWEST_MQLS, HOLD_BAND, Plan
from dagster_project.decisions.wording import Wording


def reason_of(plan: Plan, wording: Wording) -> str:
    """The argument for a plan's number and verdict, or what is missing for one."""
    return " ".join(_missing(plan, wording) if plan.missing else _argument(plan, wording))


def _missing(plan: Plan, wording: Wording) -> Iterator[str]:
    terms, lookback = plan.terms, plan.lookback
    yield wording.say("plan.no_proposal", period=wording.month_and_year(terms.period))
    for name in plan.missing:
        yield wording.say(
            f"plan.missing_{name}",
            count=lookback.mqls,
            version=str(terms.contract_version),
            day=wording.day(terms.period),
            months=wording.number(len(lookback.periods)),
            mqls=wording.number(lookback.mqls),
            cohort=wording.month_and_year(lookback.cohorts[0]) if lookback.cohorts else "",
            fewest=wording.number(FEWEST_MQLS),
        )


def _argument(plan: Plan, wording: Wording) -> Iterator[str]:
    terms, lookback = plan.terms, plan.lookback
    proposal = plan.whole_proposal
    # with nothing missing, all of these are known
    assert terms.revenue_goal is not None
    assert plan.required is not None
    assert plan.required_low is not None
    assert plan.required_high is not None
    assert plan.average_amount is not None
    assert proposal is not None
    yield wording.say(
        "plan.required",
        count=lookback.customers,
        goal=wording.money(terms.revenue_goal),
        period=wording.month_and_year(terms.period),
        required=wording.number(math.ceil(plan.required)),
        low=wording.number(math.ceil(plan.required_low)),
        high=wording.number(math.ceil(plan.required_high)),
        mqls=wording.number(lookback.mqls),
        customers=wording.number(lookback.customers),
        amount=wording.money(plan.average_amount),
        confidence=wording.share(CONFIDENCE),
    )
    yield _binding(plan, wording, proposal)
    if plan.expected is not None and plan.proposal is not None and plan.expected < plan.proposal:
        expected = min(math.floor(plan.expected), proposal)
        yield wording.say(
            "plan.demand_falls_short",
            count=proposal - expected,
            expected=wording.number(expected),
            shortfall=wording.number(proposal - expected),
        )
    yield _verdict(plan, wording)


def _binding(plan: Plan, wording: Wording, proposal: int) -> str:
    limit = {
        "required": {},
        "workable": {
            "day": wording.day(plan.terms.period),
            "workable": wording.number(plan.terms.workable or 0),
        },
        "affordable": {
            "budget": wording.money(plan.terms.marketing_budget or 0),
            "cost": wording.money(plan.cost_per_mql or 0),
        },
    }[plan.binding or "required"]
    return wording.say(
        f"plan.binding_{plan.binding}", count=proposal, proposal=wording.number(proposal), **limit
    )


def _verdict(plan: Plan, wording: Wording) -> str:
    last = plan.last
    month = "" if last.period is None else wording.month_and_year(last.period)
    if plan.verdict is None or last.target is None or plan.proposal is None:
        return wording.say("plan.verdict_without_target", last_period=month)
    # against a target of 0 there is no percentage to speak of
    change = abs(plan.proposal / last.target - 1) if last.target else Fraction(0)
    name = plan.verdict if last.target or plan.verdict != "raise" else "raise_from_zero"
    return wording.say(
        f"plan.verdict_{name}",
        count=len(last.missed),
        change=wording.share(change, digits=1),
        band=wording.share(HOLD_BAND),
        target=wording.number(last.target, digits=2),
        last_period=month,
        missed=wording.listed(wording.say(f"follow_up.{metric}") for metric in last.missed),
    )
