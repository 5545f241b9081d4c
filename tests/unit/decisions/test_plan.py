"""The next MQL number (domain §10), each formula worked by hand.

The company of most tests: in each of six months 200 leads, 50 MQLs qualified, 40 handed off and 36,000 spent, so an MQL
costs 36,000 ÷ 40 = 900. Of the MQLs of the first two months 40 have had their time to become a customer; 8 did, for
480,000: 60,000 each. A goal of 1,200,000 takes 20 customers, and at 8 ÷ 40 = 0.2 that is 100 MQLs.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from dagster_project.decisions.plan import PLAN_COLUMNS, compute_plan, plan_table
from dagster_project.decisions.plan_figures import plans, wilson_interval
from tests.unit.decisions.answers import PROMISED, plan_answers

MONTH = {"leads": 200, "qualified": 50, "delivered": 40, "spend": 36_000}
MONTHS = [
    MONTH | {"decided": 25, "customers": 5, "won": 300_000},
    MONTH | {"decided": 15, "customers": 3, "won": 180_000},
    MONTH,
    MONTH,
    MONTH,
    MONTH,
]


def the_plan(*arguments: Any, **terms: Any) -> Any:
    """The only row of a plan, missing values being None."""
    frame = compute_plan(plan_answers(*arguments, **terms))
    assert list(frame.columns) == list(PLAN_COLUMNS)
    assert len(frame) == 1
    return frame.astype("object").where(frame.notna(), None).iloc[0]


def promised(target: object, *missed: str) -> list[dict[str, Any]]:
    """The MQL number promised for June, and sales' commitments on some metrics missed in it."""
    return [
        {**PROMISED, "target": Decimal(str(target))},
        *(
            {
                "commitment_id": f"sales-{metric}",
                "owner": "sales",
                "metric": metric,
                "target": Decimal(1),
                "status": "missed",
            }
            for metric in missed
        ),
    ]


# the numbers


def test_required_is_goal_by_amount_per_customer_by_conversion() -> None:
    plan = the_plan(MONTHS)
    # 1,200,000 ÷ 60,000 ÷ 0.2
    assert plan.required == 100


def test_the_range_of_required_is_that_of_the_rate() -> None:
    plan = the_plan(MONTHS)
    # z = 1.644854, z² = 2.705543; p = 0.2, n = 40:
    # middle 0.2 + 2.705543/80 = 0.233819, margin 1.644854·√(0.16/40 + 2.705543/6400) = 0.109388, scale 1.067639
    # rate between 0.124431/1.067639 = 0.116548 and 0.343207/1.067639 = 0.321464; 20 customers ÷ these
    assert plan.required_low == pytest.approx(20 / 0.321464, rel=1e-5)
    assert plan.required_high == pytest.approx(20 / 0.116548, rel=1e-5)


def test_affordable_is_budget_by_cost_per_mql() -> None:
    # 126,000 ÷ 900
    assert the_plan(MONTHS).affordable == 140


def test_expected_is_the_latest_three_months_leads_by_the_share_that_qualifies() -> None:
    months = [*MONTHS[:3], MONTH | {"leads": 100}, MONTH | {"leads": 160}, MONTH | {"leads": 340}]
    # (100 + 160 + 340) ÷ 3 = 200 leads; 300 MQLs of 3·200 + 600 = 1,200 leads
    assert the_plan(months).expected == 50


def test_the_lookback_leaves_out_what_is_older() -> None:
    old = {
        "leads": 9_000,
        "qualified": 9_000,
        "delivered": 9_000,
        "spend": 1,
        "decided": 900,
        "customers": 900,
        "won": 9,
    }
    assert the_plan([old, *MONTHS]).to_dict() == the_plan(MONTHS).to_dict()


def test_a_contract_that_names_no_lookback_means_all_months() -> None:
    more = MONTH | {"decided": 40, "customers": 2, "won": 120_000}
    # 10 of 80 became customers, for 600,000: 20 customers ÷ 0.125
    assert the_plan([more, *MONTHS], lookback_periods=None).required == 160


def test_demand_is_told_from_the_latest_three_months_even_by_a_shorter_lookback() -> None:
    months = [*MONTHS[2:5], MONTH | {"leads": 80, "qualified": 40}]
    # leads (200 + 200 + 80) ÷ 3 = 160; over the look-back of one month 40 of 80 qualified
    assert the_plan(months, lookback_periods=1).expected == 80


# what sets the proposal


@pytest.mark.parametrize(
    ("terms", "proposal", "binding"),
    [
        ({}, 100, "required"),
        ({"workable": 99}, 99, "workable"),
        ({"workable": 100}, 100, "required"),
        ({"marketing_budget": Decimal(81_000)}, 90, "affordable"),
        ({"marketing_budget": Decimal(81_000), "workable": 95}, 90, "affordable"),
        ({"marketing_budget": Decimal(81_000), "workable": 85}, 85, "workable"),
        ({"marketing_budget": Decimal(81_000), "workable": 90}, 90, "workable"),
        ({"marketing_budget": None, "has_capacity": False, "workable": None}, 100, "required"),
    ],
)
def test_the_proposal_is_what_is_required_lowered_to_what_is_smaller(
    terms: dict[str, Any], proposal: int, binding: str
) -> None:
    plan = the_plan(MONTHS, **terms)
    assert (plan.proposal, plan.binding) == (proposal, binding)


# the verdict


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        ("95.2380", "raise"),  # 95.2380 · 1.05 = 99.9999
        ("95.2381", "hold"),  # 95.2381 · 1.05 = 100.000005
        ("100", "hold"),
        ("105.2631", "hold"),  # 105.2631 · 0.95 = 99.999945
        ("105.2632", "lower"),  # 105.2632 · 0.95 = 100.00004
        ("0", "raise"),
    ],
)
def test_the_verdict_is_to_raise_or_lower_beyond_five_percent(target: str, verdict: str) -> None:
    assert the_plan(MONTHS, promised(target)).verdict == verdict


@pytest.mark.parametrize(
    "metric", ["first_attempt_on_time_rate", "cadence_completed_rate", "disposition_on_time_rate"]
)
def test_missed_follow_up_turns_a_raise_into_not_more(metric: str) -> None:
    assert the_plan(MONTHS, promised(80, metric)).verdict == "not_more"
    assert the_plan(MONTHS, promised(100, metric)).verdict == "hold"


def test_other_missed_commitments_are_no_bottleneck() -> None:
    missed_by_marketing = {**promised(80, "first_attempt_on_time_rate")[1], "owner": "marketing"}
    assert the_plan(MONTHS, [*promised(80, "mql_to_sql_rate"), missed_by_marketing]).verdict == "raise"


def test_follow_up_at_risk_is_not_missed() -> None:
    at_risk = {**promised(80, "cadence_completed_rate")[1], "status": "at_risk"}
    assert the_plan(MONTHS, [promised(80)[0], at_risk]).verdict == "raise"


def test_the_number_promised_is_of_mqls_delivered_before_qualified() -> None:
    qualified = {**PROMISED, "metric": "mqls_qualified", "target": Decimal(200)}
    assert the_plan(MONTHS, [qualified, *promised(100)]).verdict == "hold"
    assert the_plan(MONTHS, [qualified]).verdict == "lower"


def test_without_a_number_promised_there_is_a_proposal_and_no_verdict() -> None:
    plan = the_plan(MONTHS, [])
    assert (plan.proposal, plan.verdict) == (100, None)
    assert plan.reason.endswith("No MQL number was promised for June 2026 that it could be compared with.")


# too little to go by


@pytest.mark.parametrize(
    ("months", "terms", "missing"),
    [
        (MONTHS, {"has_plan": False, "revenue_goal": None, "marketing_budget": None}, ["plan"]),
        (MONTHS, {"revenue_goal": None}, ["revenue_goal"]),
        ([], {}, ["periods"]),
        (MONTHS[:1], {}, ["second_period", "mqls"]),
        ([MONTH | {"decided": 40, "customers": 8, "won": 480_000}], {}, ["second_period"]),
        (MONTHS[2:], {"has_customer_promise": False}, ["customer_promise"]),
        ([MONTH | {"decided": 29, "customers": 9, "won": 1}, MONTH], {}, ["mqls"]),
        ([MONTH | {"decided": 30}, MONTH], {}, ["customers"]),
        ([MONTH | {"decided": 30, "customers": 3}, MONTH], {}, ["amounts"]),
        ([MONTH | {"decided": 40, "customers": 8, "won": 480_000}, MONTH], {}, ["second_cohort"]),
        ([{**month, "spend": 0} for month in MONTHS], {}, ["spend"]),
        ([{**month, "delivered": 0} for month in MONTHS], {}, ["delivered"]),
        (MONTHS, {"active_reps": 0, "workable": 0}, ["reps"]),
    ],
)
def test_too_little_data_gives_no_proposal_and_says_what_is_missing(
    months: list[dict[str, Any]], terms: dict[str, Any], missing: list[str]
) -> None:
    answers = plan_answers(months, **terms)
    assert [list(plan.missing) for plan in plans(answers)] == [missing]
    plan = the_plan(months, **terms)
    assert (plan.proposal, plan.binding, plan.verdict) == (None, None, None)
    # one sentence says that there is no number, and one each why
    assert plan.reason.startswith("There is too little to go by for an MQL number for July 2026.")
    assert plan.reason.count(". ") >= len(missing)


def test_thirty_mqls_and_one_customer_are_enough() -> None:
    months = [MONTH | {"decided": 15}, MONTH | {"decided": 15, "customers": 1, "won": 600_000}]
    # 1,200,000 ÷ 600,000 ÷ (1/30)
    assert the_plan(months, workable=None, has_capacity=False, marketing_budget=None).proposal == 60


def test_a_missing_number_leaves_the_others() -> None:
    plan = the_plan([MONTH | {"decided": 29}, MONTH])
    # 126,000 ÷ 900 and 200 · 100/400
    assert (plan.required, plan.affordable, plan.expected, plan.workable) == (None, 140, 50, 150)


def test_without_leads_there_is_no_expectation_and_still_a_proposal() -> None:
    plan = the_plan([{**month, "leads": 0} for month in MONTHS])
    assert (plan.expected, plan.proposal) == (None, 100)


def test_a_double_is_refused() -> None:
    answers = plan_answers(MONTHS)
    answers["funnel"] = answers["funnel"].astype({"spend": "float64"})
    with pytest.raises(TypeError, match="no exact number"):
        compute_plan(answers)


# the argument in words


def test_the_reason_argues_number_limit_demand_and_verdict_in_english() -> None:
    plan = the_plan(MONTHS, promised(80), marketing_budget=Decimal(81_000))
    assert plan.reason == (
        "Reaching the revenue goal of MX$1,200,000 for July 2026 takes 100 MQLs (between 63 and 172, with 90% "
        "confidence): of 40 MQLs whose time to become a customer has passed, 8 became one, worth MX$60,000 on average. "
        "The budget of MX$81,000 pays for no more at MX$900 per MQL: the proposal is 90 MQLs. "
        "At the present demand 50 can be expected: it falls short by 40 MQLs. "
        "Raise the number: that is 12.5% above the 80 promised for June 2026."
    )


def test_the_reason_is_in_the_contract_s_language_with_its_numbers() -> None:
    plan = the_plan(
        MONTHS,
        promised(80, "first_attempt_on_time_rate", "cadence_completed_rate"),
        language="es",
        workable=99,
    )
    assert plan.reason == (
        "Alcanzar la meta de ingresos de $1,200,000 en julio de 2026 requiere 100 MQL (entre 63 y 172, con 90% de "
        "confianza): de 40 MQL cuyo plazo para llegar a cliente ya pasó, 8 llegaron a serlo, con un valor medio de "
        "$60,000. Los vendedores activos el 1 de julio de 2026 pueden atender como máximo 99: la propuesta es de "
        "99 MQL. Con la demanda actual cabe esperar 50: faltarían 49 MQL. "
        "No más MQL: el cuello de botella es el seguimiento. La meta subiría por encima de los 80 comprometidos para "
        "junio de 2026, pero ventas incumplió entonces sus promesas de «primer intento de contacto a tiempo» y "
        "«seguimiento completo»."
    )


def test_numbers_are_written_as_the_currency_s_country_does() -> None:
    assert (
        "4.800.000\N{NO-BREAK SPACE}€"
        in the_plan(MONTHS, language="es", currency="EUR", revenue_goal=Decimal(4_800_000)).reason
    )


def test_demand_that_suffices_is_not_mentioned() -> None:
    months = [{**month, "qualified": 100} for month in MONTHS]
    # 200 leads of which half qualify: 100, as many as proposed
    plan = the_plan(months)
    assert (plan.expected, plan.proposal) == (100, 100)
    assert "falls short" not in plan.reason


def test_one_month_of_hand_offs_alone_gives_no_number() -> None:
    plan = the_plan([MONTH | {"decided": 40, "customers": 8, "won": 480_000}, MONTH])
    assert (plan.required, plan.required_low, plan.required_high, plan.proposal) == (None, None, None, None)
    assert plan.reason == (
        "There is too little to go by for an MQL number for July 2026. All 40 MQLs that have had their time to become "
        "a customer were handed off in May 2026, and one month alone doesn't show what is usual."
    )


def test_whole_mqls_reach_the_goal_and_keep_the_limits() -> None:
    # 1,206,000 ÷ 60,000 ÷ 0.2 = 100.5: a hundred would miss the goal
    answers = plan_answers(MONTHS, revenue_goal=Decimal(1_206_000))
    assert plans(answers)[0].whole_proposal == 101
    # 90,900 ÷ 900 = 101 pays for it, 90,450 ÷ 900 = 100.5 pays for a hundred
    for budget, proposal in ((90_900, 101), (90_450, 100)):
        answers = plan_answers(MONTHS, revenue_goal=Decimal(1_206_000), marketing_budget=Decimal(budget))
        assert plans(answers)[0].whole_proposal == proposal


def test_each_period_to_come_has_its_own_terms() -> None:
    answers = plan_answers(MONTHS)
    later = plan_answers(MONTHS, period=date(2026, 8, 1), revenue_goal=Decimal(2_400_000))
    answers["terms"] = pd.concat([answers["terms"], later["terms"]], ignore_index=True)
    frame = compute_plan(answers)
    assert list(frame["period"]) == [date(2026, 7, 1), date(2026, 8, 1)]
    assert list(frame["required"]) == [100, 200]


def test_the_table_has_the_declared_types_and_nulls_where_nothing_can_be_told() -> None:
    table = plan_table(compute_plan(plan_answers(MONTHS[2:])))
    assert [str(field.type) for field in table.schema] == [
        "date32[day]", *["double"] * 5, "int64", "double", *["string"] * 3,
    ]  # fmt: skip
    (row,) = table.to_pylist()
    assert (row["required"], row["proposal"], row["binding"], row["workable"]) == (None, None, None, 150)


# the interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998)
        # 857–872, table I, method 3, at 95 %
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_wilson_interval_is_that_of_the_literature(
    successes: int, trials: int, low: float, high: float
) -> None:
    interval = wilson_interval(successes, trials, confidence=0.95)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (1, 0), (-1, 5), (6, 5)])
def test_what_is_no_rate_has_no_interval(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        wilson_interval(successes, trials)
