"""What holds of every plan, whatever the company."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.decisions.plan_figures import Plan, plans, wilson_interval
from dagster_project.decisions.plan_reason import reason_of
from dagster_project.decisions.wording import Wording
from tests.unit.decisions.answers import PROMISED, plan_answers

counts = st.integers(0, 300)
amounts = st.decimals(0, 10_000_000, places=2)


@st.composite
def months(draw: st.DrawFn) -> dict[str, Any]:
    decided = draw(counts)
    customers = draw(st.integers(0, decided))
    return {
        "leads": draw(counts),
        "qualified": draw(counts),
        "delivered": draw(counts),
        "spend": draw(amounts),
        "decided": decided,
        "customers": customers,
        "won": draw(amounts) if customers else 0,
    }


@st.composite
def companies(draw: st.DrawFn) -> Plan:
    statuses = st.sampled_from(["met", "missed", "at_risk"])
    commitments = [
        {**PROMISED, "target": draw(amounts)},
        {
            "commitment_id": "response",
            "owner": "sales",
            "metric": "first_attempt_on_time_rate",
            "target": Decimal("0.9"),
            "status": draw(statuses),
        },
    ]
    answers = plan_answers(
        draw(st.lists(months(), max_size=8)),
        draw(st.sampled_from([commitments, commitments[1:]])),
        lookback_periods=draw(st.none() | st.integers(1, 12)),
        revenue_goal=draw(st.none() | amounts),
        marketing_budget=draw(st.none() | amounts),
        active_reps=draw(st.integers(0, 3)),
        workable=draw(st.integers(0, 500)),
        language=draw(st.sampled_from(["en", "es"])),
    )
    return plans(answers)[0]


@settings(max_examples=50)
@given(companies())
def test_a_proposal_is_there_exactly_when_nothing_is_missing(plan: Plan) -> None:
    assert (plan.proposal is None) == bool(plan.missing)


@settings(max_examples=50)
@given(companies())
def test_a_proposal_is_the_smallest_of_its_limits_and_binding_names_it(plan: Plan) -> None:
    if plan.proposal is None:
        return
    limits = {"required": plan.required, "workable": plan.terms.workable, "affordable": plan.affordable}
    known = [limit for limit in limits.values() if limit is not None]
    assert plan.proposal == min(known)
    assert plan.proposal == limits[str(plan.binding)]


@settings(max_examples=50)
@given(companies())
def test_required_lies_within_its_range(plan: Plan) -> None:
    if plan.required is None:
        return
    assert plan.required_low is not None
    assert plan.required_high is not None
    assert plan.required_low <= float(plan.required) * (1 + 1e-9)
    assert float(plan.required) <= plan.required_high * (1 + 1e-9)


@settings(max_examples=50)
@given(companies())
def test_the_verdict_says_where_the_proposal_lies_from_the_target(plan: Plan) -> None:
    if plan.verdict is None:
        assert plan.proposal is None or plan.last.target is None
        return
    assert plan.proposal is not None
    assert plan.last.target is not None
    upper, lower = plan.last.target * Fraction(21, 20), plan.last.target * Fraction(19, 20)
    assert (plan.verdict in ("raise", "not_more")) == (plan.proposal > upper)
    assert (plan.verdict == "lower") == (plan.proposal < lower)
    assert plan.verdict != "not_more" or plan.last.missed


@settings(max_examples=50)
@given(companies())
def test_every_plan_can_be_put_in_words(plan: Plan) -> None:
    reason = reason_of(plan, Wording(plan.terms.language, plan.terms.currency))
    assert reason.endswith(".")
    assert "{" not in reason


@given(st.integers(1, 100_000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_a_wilson_interval_holds_its_rate_and_stays_within_0_and_1(rate: tuple[int, int]) -> None:
    successes, trials = rate
    interval = wilson_interval(successes, trials)
    assert 0 <= interval.low <= successes / trials <= interval.high <= 1
    assert (interval.low > 0) == (successes > 0)
    assert (interval.high < 1) == (successes < trials)
