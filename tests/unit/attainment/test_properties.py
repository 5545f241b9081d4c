"""What holds for every commitment, whatever the counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.attainment.frames import OVER, RUNNING, rate, volume

SMALL = st.integers(min_value=0, max_value=40)
SHARES = st.decimals(min_value=0, max_value=1, places=3)
PERIODS = st.sampled_from([RUNNING, OVER])


@st.composite
def obligation_counts(draw: st.DrawFn, decided: bool = False) -> dict[str, int]:
    """Counts that can be: those due are among all, those due and met among both; a pending one isn't due."""
    met, breached = draw(SMALL), draw(SMALL)
    pending = 0 if decided else draw(SMALL)
    due_met = draw(st.integers(0, met))
    due = due_met + draw(st.integers(0, breached))
    return {"met": met, "breached": breached, "pending": pending, "due": due, "due_met": due_met}


def mirrored(counts: dict[str, int]) -> dict[str, int]:
    """The same obligations, met where they were breached and the other way round."""
    return {
        "met": counts["breached"],
        "breached": counts["met"],
        "pending": counts["pending"],
        "due": counts["due"],
        "due_met": counts["due"] - counts["due_met"],
    }


@given(obligation_counts(), SHARES, PERIODS)
def test_worst_is_never_above_best_and_no_rate_leaves_zero_to_one(
    counts: dict[str, int], target: Decimal, progress: dict[str, Any]
) -> None:
    row = rate("at_least", str(target), progress, **counts)
    if pd.isna(row.worst):
        assert counts["met"] + counts["breached"] + counts["pending"] == 0
    else:
        assert 0 <= row.worst <= row.best <= 1
    assert pd.isna(row.actual) or 0 <= row.actual <= 1


@given(obligation_counts(decided=True), SHARES)
def test_a_final_rate_is_its_worst_and_its_best(counts: dict[str, int], target: Decimal) -> None:
    row = rate("at_least", str(target), OVER, **counts)
    assert row.final
    if counts["met"] + counts["breached"]:
        assert row.worst == row.actual == row.best
        assert row.status in ("met", "missed")
    else:
        assert row.status == "no_data"


@given(obligation_counts(), SHARES, st.integers(0, 40))
def test_however_the_pending_end_the_final_rate_lies_between_worst_and_best(
    counts: dict[str, int], target: Decimal, wanted: int
) -> None:
    before = rate("at_least", str(target), OVER, **counts)
    turn_out_well = min(wanted, counts["pending"])
    met = counts["met"] + turn_out_well
    breached = counts["breached"] + counts["pending"] - turn_out_well
    if met + breached == 0:
        return
    after = rate("at_least", str(target), OVER, met=met, breached=breached, pending=0)
    assert before.worst <= after.actual <= before.best
    if before.status in ("met", "missed"):
        assert after.status == before.status


@given(obligation_counts(), SHARES, PERIODS)
def test_at_most_mirrors_at_least(counts: dict[str, int], target: Decimal, progress: dict[str, Any]) -> None:
    # at most T of these are met ⇔ at least 1 − T of them are breached
    ceiling = rate("at_most", str(target), progress, **counts)
    floor = rate("at_least", str(1 - target), progress, **mirrored(counts))
    assert ceiling.status == floor.status
    assert ceiling.final == floor.final


@given(SMALL, SMALL, st.integers(1, 40), st.integers(1, 40), st.sampled_from(["at_least", "at_most"]))
def test_a_volume_is_decided_once_its_period_is_over_and_stays_decided(
    count: int, target: int, elapsed: int, more: int, comparison: str
) -> None:
    running = volume(
        comparison, target, count, {"is_over": False, "elapsed": elapsed, "whole": elapsed + more}
    )
    closed = volume(comparison, target, count, OVER)
    assert closed.status in ("met", "missed")
    assert closed.projection == closed.actual == count
    if running.status in ("met", "missed"):
        # a volume only grows
        later = volume(comparison, target, count + more, OVER)
        assert running.status == closed.status == later.status
    assert running.projection >= running.actual


@given(obligation_counts(), SHARES, PERIODS, st.sampled_from(["at_least", "at_most"]))
def test_final_means_over_and_nothing_pending(
    counts: dict[str, int], target: Decimal, progress: dict[str, Any], comparison: str
) -> None:
    row = rate(comparison, str(target), progress, **counts)
    assert row.final == (progress["is_over"] and counts["pending"] == 0)
