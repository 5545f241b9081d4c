"""What the plan asks of the warehouse: terms, cohorts, capacity, and the latest month's promises (domain §10)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dagster_project.decisions.columns import records_of
from dagster_project.decisions.plan import PLAN_QUERIES, compute_plan
from dagster_project.decisions.queries import answers
from tests.pipeline import run_pipeline
from tests.scenarios.history import RAUL, ROSA, History, a_contract, signed

Rows = list[dict[str, Any]]

FIRST = a_contract(
    customer={"within_days": 20},
    capacity={"per_rep": {"min": 0, "max": 30}, "overrides": [{"rep": RAUL, "min": 0, "max": 12}]},
    plan={
        "revenue_goal": {"default": 1000, "2026-04": 2000, "2026-05": 9},
        "marketing_budget": {"default": 50},
        "lookback_periods": 2,
    },
    commitments=[
        {"id": "volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 1},
        {"id": "response", "owner": "sales", "metric": "first_attempt_on_time_rate", "at_least": 0.5},
    ],
)
# in force when the second of the two months begins
SECOND = a_contract(
    version=2,
    effective_from="2026-05-01",
    signed_by=signed("2026-03-01"),
    language="es",
    capacity={"per_rep": {"min": 0, "max": 10}},
    plan={"revenue_goal": {"default": 3000}},
)


def a_history() -> History:
    history = History(FIRST, SECOND, through="2026-03-31")
    history.user("ends-in-april", ended_on="2026-04-15")
    history.user("ends-on-the-first", ended_on="2026-04-01")
    history.user("ended-before", ended_on="2026-03-31")
    history.user("starts-in-may", started_on="2026-05-01")
    history.user("gone", is_active="false", updated_at="2026-03-10 09:00")
    history.user("never-there", is_active="false")
    # of January's three, one is won in time and again later, one a day late, one never
    won, late, _ = (
        history.mql(f"{name}-in-january", "2026-01-13 10:00", handed_off="2026-01-13 10:00", rep=ROSA)
        for name in ("won", "late", "open")
    )
    won.opportunity("2026-01-14 10:00", won="2026-02-02 10:00", amount=100)
    won.opportunity("2026-02-03 10:00", won="2026-03-03 10:00", amount=50)
    late.opportunity("2026-01-14 10:00", won="2026-02-03 10:00", amount=70)
    # February's has had its twenty days; March's, handed off on the 20th, will have had them in April
    history.mql("open-in-february", "2026-02-10 10:00", handed_off="2026-02-10 10:00", rep=ROSA)
    march = history.mql("won-in-march", "2026-03-20 10:00", handed_off="2026-03-20 10:00", rep=ROSA)
    march.opportunity("2026-03-21 10:00", won="2026-03-25 10:00", amount=999)
    history.person("only-looking", created="2026-02-01 10:00")
    history.spend("2026-01-15", 30)
    history.spend("2026-03-15", 12)
    return history


@pytest.fixture(scope="module")
def answered() -> Iterator[Mapping[str, Rows]]:
    with tempfile.TemporaryDirectory() as folder:
        a_history().write(Path(folder))
        result = run_pipeline(Path(folder), Path(folder) / "home")
        found = answers(result.connection, PLAN_QUERIES)
        plan = compute_plan(found)
        result.connection.close()
        yield {name: records_of(frame) for name, frame in {**found, "plan": plan}.items()}


def test_the_next_two_months_are_planned_under_the_version_in_force_on_their_first_day(
    answered: Mapping[str, Rows],
) -> None:
    april, may = answered["terms"]
    assert (april["period"], april["contract_version"], april["language"]) == (date(2026, 4, 1), 1, "en")
    assert (may["period"], may["contract_version"], may["language"]) == (date(2026, 5, 1), 2, "es")
    # a month's own amount before the default; the second version has no budget and no look-back
    assert (april["revenue_goal"], april["marketing_budget"], april["lookback_periods"]) == (2000, 50, 2)
    assert may["revenue_goal"] == 3000
    assert may["marketing_budget"] is None


def test_workable_is_the_sum_of_the_maxima_of_the_reps_active_on_the_first_day(
    answered: Mapping[str, Rows],
) -> None:
    april, may = answered["terms"]
    # rosa 30, raul 12, and 30 each of the two who are still there on 1 April
    assert (april["active_reps"], april["workable"]) == (4, 102)
    # rosa, raul and the one who starts, 10 each: the second version has no exception for raul
    assert (may["active_reps"], may["workable"]) == (3, 30)


def test_cohorts_are_of_mqls_whose_customer_deadline_has_passed(answered: Mapping[str, Rows]) -> None:
    assert [tuple(row.values()) for row in answered["cohorts"]] == [
        (date(2026, 1, 1), 3, 1, Decimal(150)),
        (date(2026, 2, 1), 1, 0, Decimal(0)),
    ]


def test_the_funnel_is_of_the_months_that_are_over(answered: Mapping[str, Rows]) -> None:
    assert [tuple(row.values()) for row in answered["funnel"]] == [
        (date(2026, 1, 1), 0, 3, 3, Decimal(30)),
        (date(2026, 2, 1), 1, 1, 1, Decimal(0)),
        (date(2026, 3, 1), 0, 1, 1, Decimal(12)),
    ]


def test_the_promises_are_those_of_the_latest_month_that_is_over(answered: Mapping[str, Rows]) -> None:
    assert [(row["commitment_id"], row["target"], row["status"]) for row in answered["commitments"]] == [
        ("volume", Decimal(1), "met"),
        ("response", Decimal("0.5"), "missed"),
    ]
    assert {row["period"] for row in answered["commitments"]} == {date(2026, 3, 1)}


def test_each_month_s_reason_is_in_its_contract_s_language(answered: Mapping[str, Rows]) -> None:
    april, may = answered["plan"]
    # four MQLs are no rate; 50 ÷ (12 ÷ 2 MQLs of February and March) can be told all the same
    assert april["reason"].startswith("There is too little to go by for an MQL number for April 2026.")
    assert april["affordable"] == pytest.approx(50 / 6)
    assert may["reason"].startswith("Faltan datos para proponer una cifra de MQL para mayo de 2026.")
