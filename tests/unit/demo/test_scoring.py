"""Marketing's automation: when people look qualified to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from dagster_project.demo import company
from dagster_project.demo.clock import DAY, HOUR, NEVER
from dagster_project.demo.scoring import (
    ENGAGEMENT_POINTS,
    FIT_POINTS,
    MANY_TOUCHES,
    REQUALIFY_AFTER_DAYS,
    THRESHOLDS,
    Standing,
    in_order,
    qualify,
)

CONTRACTS = Path(__file__).parents[3] / "contracts"
PRICES = company.TOUCH_KINDS.index(("content_download", "pricing"))
PRICE_PAGE = company.TOUCH_KINDS.index(("page_view", "pricing"))
BLOG = company.TOUCH_KINDS.index(("page_view", "blog"))
LATER = 10_000 * DAY


def _qualify(
    touches: list[tuple[int, int]],
    points: int,
    allowed_from: int = 0,
    cycle_start: int = 0,
    second_version_at: int = LATER,
) -> tuple[int, int]:
    """(qualified, ready) of one person with these (time, kind) touches and points for the record."""
    at, kind = np.array(touches, dtype=np.int64).T
    standing = Standing(
        cycle_start=np.array([cycle_start]),
        allowed_from=np.array([allowed_from]),
        fit_before=np.array([points]),
        fit_after=np.array([points]),
        completed_at=np.array([NEVER]),
        eligible=np.array([True]),
    )
    qualified, ready = qualify(
        in_order(np.zeros(len(at), dtype=np.int64), at, kind), standing, second_version_at
    )
    return int(qualified[0]), int(ready[0])


def test_prices_twice_and_three_touches_reach_the_threshold() -> None:
    # 31 for the record, 12 for each of two downloads of prices, 1 for each of three touches: 31 + 24 + 3 = 58.
    assert THRESHOLDS[0] == 58
    assert _qualify([(1 * DAY, PRICES), (2 * DAY, PRICES), (3 * DAY, BLOG)], 31) == (3 * DAY, 3 * DAY)


def test_a_touch_exactly_as_old_as_the_window_no_longer_counts() -> None:
    # Downloads count for 60 days: at day 50 it is 31 + 24 + 2 = 57, at day 61 the first is out: 31 + 12 + 3 = 46.
    assert _qualify([(1 * DAY, PRICES), (50 * DAY, PRICES), (61 * DAY, BLOG)], 31)[0] == NEVER
    # A second earlier it is still in: 31 + 24 + 3 = 58.
    assert _qualify([(1 * DAY, PRICES), (50 * DAY, PRICES), (61 * DAY - 1, BLOG)], 31)[0] == 61 * DAY - 1


def test_nobody_qualifies_before_it_is_allowed_or_by_touches_of_an_earlier_cycle() -> None:
    touches = [(1 * DAY, PRICES), (2 * DAY, PRICES), (40 * DAY, BLOG)]
    assert _qualify(touches, 40, allowed_from=30 * DAY)[0] == 40 * DAY
    assert _qualify(touches, 40, cycle_start=10 * DAY, allowed_from=40 * DAY)[0] == NEVER


def test_the_second_version_asks_for_more() -> None:
    # 45 + 12 + 1 = 58 is enough under the first version, and short of 62 under the second.
    assert _qualify([(5 * DAY, PRICES)], 45) == (5 * DAY, 5 * DAY)
    assert _qualify([(5 * DAY, PRICES)], 45, second_version_at=5 * DAY)[0] == NEVER


def test_a_qualified_person_is_ready_at_the_eighth_touch_or_at_a_look_at_prices() -> None:
    blog = [(n * HOUR, BLOG) for n in range(1, 10)]
    assert _qualify(blog, 57) == (1 * HOUR, 8 * HOUR)
    assert _qualify([*blog[:3], (3 * HOUR + 5, PRICE_PAGE), *blog[3:]], 57) == (1 * HOUR, 3 * HOUR + 5)
    assert _qualify(blog[:3], 57) == (1 * HOUR, NEVER)


@pytest.fixture(scope="module")
def signed_contracts() -> list[dict[str, Any]]:
    read = [
        yaml.safe_load((CONTRACTS / name).read_text(encoding="utf-8"))
        for name in ("2025-11.yml", "2026-05.yml")
    ]
    assert [contract["version"] for contract in read] == [1, 2]
    return read


def test_the_automation_scores_as_the_signed_contracts_do(signed_contracts: list[dict[str, Any]]) -> None:
    assert tuple(contract["mql"]["threshold"] for contract in signed_contracts) == THRESHOLDS
    for contract in signed_contracts:
        assert sorted(rule["points"] for rule in contract["mql"]["fit"]) == sorted(FIT_POINTS.values())
        assert [
            (
                frozenset(rule.get("touch_type", [])),
                frozenset(rule.get("content_type", [])),
                rule["points"],
                rule["max_count"],
                rule["window_days"],
            )
            for rule in contract["mql"]["engagement"]
        ] == [
            (rule.touch_types, rule.content_types, rule.points, rule.max_count, rule.window_days)
            for rule in ENGAGEMENT_POINTS
        ]
        assert contract["mql"]["requalify_after_days"] == REQUALIFY_AFTER_DAYS
        assert contract["handoff"]["triggers"][-1]["at_least"] == MANY_TOUCHES


def test_the_second_contract_begins_in_the_month_in_which_the_automation_asks_for_more(
    signed_contracts: list[dict[str, Any]],
) -> None:
    first, second = (contract["effective_from"] for contract in signed_contracts)
    assert first == company.FIRST_DAY
    assert (second.year - first.year) * 12 + second.month - first.month == company.SECOND_VERSION_MONTH
