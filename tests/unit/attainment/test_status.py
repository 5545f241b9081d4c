"""Status, actual, bounds, projection and attainment of one commitment, each worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from tests.unit.attainment.frames import OVER, RUNNING, cost_per_mql, rate, volume, win_rate

NOTHING_ELAPSED = {"is_over": False, "elapsed": 0, "whole": 160}


# volume, at least


def test_a_running_volume_is_met_as_soon_as_it_reaches_the_target() -> None:
    row = volume("at_least", 10, 10, RUNNING)
    assert (row.status, row.actual, row.attainment, row.final) == ("met", 10, 1, False)


def test_a_running_volume_is_on_track_when_its_projection_reaches_the_target() -> None:
    # a quarter of the business time has passed: 40 of 160; 5 ÷ (40 ÷ 160) = 20
    row = volume("at_least", 20, 5, RUNNING)
    assert (row.status, row.projection, row.attainment) == ("on_track", 20, 0.25)


def test_a_running_volume_is_at_risk_when_its_projection_falls_short() -> None:
    row = volume("at_least", 21, 5, RUNNING)
    assert (row.status, row.projection, row.final) == ("at_risk", 20, False)


def test_a_running_volume_without_an_event_is_projected_to_zero() -> None:
    row = volume("at_least", 1, 0, RUNNING)
    assert (row.status, row.actual, row.projection, row.attainment) == ("at_risk", 0, 0, 0)


def test_a_volume_is_on_track_while_no_business_time_has_passed() -> None:
    row = volume("at_least", 21, 5, NOTHING_ELAPSED)
    assert row.status == "on_track"
    assert pd.isna(row.projection)


def test_a_closed_volume_is_met_at_exactly_the_target() -> None:
    row = volume("at_least", 10, 10, OVER)
    assert (row.status, row.projection, row.final) == ("met", 10, True)


def test_a_closed_volume_below_the_target_is_missed() -> None:
    row = volume("at_least", 10, 9, OVER)
    assert (row.status, row.actual, row.projection, row.attainment, row.final) == ("missed", 9, 9, 0.9, True)


def test_a_closed_volume_without_an_event_is_zero_and_not_null() -> None:
    row = volume("at_least", 10, 0, OVER)
    assert (row.status, row.actual, row.projection, row.attainment) == ("missed", 0, 0, 0)


# volume, at most


def test_a_running_volume_above_its_ceiling_is_missed() -> None:
    row = volume("at_most", 10, 11, RUNNING)
    assert (row.status, row.final) == ("missed", False)
    assert row.attainment == 10 / 11


def test_a_running_volume_is_at_risk_when_its_projection_breaks_the_ceiling() -> None:
    # 3 ÷ (40 ÷ 160) = 12
    row = volume("at_most", 10, 3, RUNNING)
    assert (row.status, row.projection) == ("at_risk", 12)


def test_a_running_volume_is_on_track_when_its_projection_stays_at_the_ceiling() -> None:
    row = volume("at_most", 12, 3, RUNNING)
    assert (row.status, row.projection) == ("on_track", 12)


def test_a_running_volume_at_its_ceiling_is_not_missed_yet() -> None:
    # 12 now is 48 projected
    row = volume("at_most", 12, 12, RUNNING)
    assert (row.status, row.projection) == ("at_risk", 48)


def test_a_ceiling_is_on_track_while_no_business_time_has_passed() -> None:
    assert volume("at_most", 10, 3, NOTHING_ELAPSED).status == "on_track"


@pytest.mark.parametrize(("count", "status"), [(10, "met"), (11, "missed")])
def test_a_closed_volume_may_be_at_its_ceiling_and_not_above(count: int, status: str) -> None:
    assert volume("at_most", 10, count, OVER).status == status


def test_nothing_at_all_keeps_a_ceiling_but_has_no_attainment() -> None:
    row = volume("at_most", 10, 0, OVER)
    assert (row.status, row.actual) == ("met", 0)
    assert pd.isna(row.attainment)


def test_a_volume_has_no_obligations_and_no_bounds() -> None:
    row = volume("at_least", 10, 10, OVER)
    assert row[["met", "breached", "pending", "due", "worst", "best"]].isna().all()


# rate, at least


def test_a_running_rate_is_on_track_by_what_is_due() -> None:
    # 4 met, 1 breached, 5 pending; due are 4, of which 3 were met: 0.75
    row = rate("at_least", "0.75", RUNNING, met=4, breached=1, pending=5, due=4, due_met=3)
    assert (row.status, row.actual, row.worst, row.best) == ("on_track", 0.75, 0.4, 0.9)
    assert (row.met, row.breached, row.pending, row.due, row.final) == (4, 1, 5, 4, False)
    assert row.attainment == 1
    assert pd.isna(row.projection)


def test_a_running_rate_is_at_risk_by_what_is_due() -> None:
    row = rate("at_least", "0.76", RUNNING, met=4, breached=1, pending=5, due=4, due_met=3)
    assert (row.status, row.actual) == ("at_risk", 0.75)


def test_a_running_rate_is_not_missed_however_bad_it_is() -> None:
    assert rate("at_least", "0.5", RUNNING, met=0, breached=9, pending=0).status == "at_risk"


def test_a_running_rate_is_not_met_however_good_it_is() -> None:
    row = rate("at_least", "0.5", RUNNING, met=9, breached=0, pending=0)
    assert (row.status, row.final) == ("on_track", False)


def test_an_early_conversion_does_not_flatter_a_young_cohort() -> None:
    # 3 converted at once, 7 have time: nothing is due, so nothing is said
    row = rate("at_least", "0.5", RUNNING, met=3, breached=0, pending=7, due=0, due_met=0)
    assert pd.isna(row.actual)
    assert pd.isna(row.attainment)
    assert (row.status, row.worst, row.best, row.due) == ("on_track", 0.3, 1.0, 0)


def test_an_early_breach_does_not_darken_a_young_cohort() -> None:
    row = rate("at_least", "0.9", RUNNING, met=0, breached=2, pending=8, due=0, due_met=0)
    assert pd.isna(row.actual)
    assert (row.status, row.worst, row.best) == ("on_track", 0.0, 0.8)


def test_a_running_rate_with_nothing_owed_is_on_track() -> None:
    row = rate("at_least", "0.9", RUNNING)
    assert (row.status, row.met, row.breached, row.pending, row.due) == ("on_track", 0, 0, 0, 0)
    assert row[["actual", "worst", "best", "attainment"]].isna().all()
    assert not row.final


def test_a_closed_rate_is_met_when_even_the_worst_end_keeps_it() -> None:
    # 9 of 12 at worst: 0.75, although 3 are pending
    row = rate("at_least", "0.75", OVER, met=9, breached=0, pending=3)
    assert (row.status, row.worst, row.best, row.final) == ("met", 0.75, 1.0, False)


def test_a_closed_rate_is_missed_when_even_the_best_end_breaks_it() -> None:
    # (6 + 3) of 12 at best: 0.75
    row = rate("at_least", "0.76", OVER, met=6, breached=3, pending=3)
    assert (row.status, row.best, row.final) == ("missed", 0.75, False)


def test_a_closed_rate_is_undecided_while_its_best_end_is_exactly_the_target() -> None:
    row = rate("at_least", "0.75", OVER, met=6, breached=3, pending=3)
    # 6 of the 9 that are due
    assert (row.status, row.actual) == ("at_risk", 6 / 9)


def test_a_closed_undecided_rate_is_on_track_by_what_is_due() -> None:
    # worst 6 ÷ 12, best 10 ÷ 12, of those due 6 ÷ 8 = 0.75
    row = rate("at_least", "0.75", OVER, met=6, breached=2, pending=4)
    assert (row.status, row.actual, row.worst, row.best) == ("on_track", 0.75, 0.5, 10 / 12)


def test_a_closed_undecided_rate_with_nothing_due_is_on_track() -> None:
    row = rate("at_least", "0.75", OVER, met=1, breached=0, pending=3, due=0, due_met=0)
    assert row.status == "on_track"
    assert pd.isna(row.actual)


def test_a_closed_rate_with_nothing_pending_counts_all_even_what_is_not_due() -> None:
    # all 4 are decided, only 2 deadlines have passed (of which 1 met): 3 ÷ 4, not 1 ÷ 2
    row = rate("at_least", "0.75", OVER, met=3, breached=1, pending=0, due=2, due_met=1)
    assert (row.status, row.actual, row.worst, row.best, row.due, row.final) == (
        "met",
        0.75,
        0.75,
        0.75,
        2,
        True,
    )


def test_a_running_rate_with_nothing_pending_still_counts_what_is_due() -> None:
    row = rate("at_least", "0.75", RUNNING, met=3, breached=1, pending=0, due=2, due_met=1)
    assert (row.status, row.actual, row.final) == ("at_risk", 0.5, False)


def test_a_closed_rate_with_nothing_owed_has_no_data() -> None:
    row = rate("at_least", "0.9", OVER)
    assert (row.status, row.met, row.breached, row.pending, row.due, row.final) == (
        "no_data",
        0,
        0,
        0,
        0,
        True,
    )
    assert row[["actual", "worst", "best", "attainment", "projection"]].isna().all()


# rate, at most


def test_a_running_ceiling_on_a_rate_is_on_track_or_at_risk_by_what_is_due() -> None:
    counts = {"met": 1, "breached": 3, "pending": 4}
    assert rate("at_most", "0.25", RUNNING, **counts).status == "on_track"
    assert rate("at_most", "0.24", RUNNING, **counts).status == "at_risk"


def test_a_closed_ceiling_on_a_rate_is_met_when_even_the_best_end_keeps_it() -> None:
    # (1 + 2) of 12: 0.25
    row = rate("at_most", "0.25", OVER, met=1, breached=9, pending=2)
    assert (row.status, row.best) == ("met", 0.25)


def test_a_closed_ceiling_on_a_rate_is_missed_when_even_the_worst_end_breaks_it() -> None:
    # 3 of 12: 0.25
    row = rate("at_most", "0.24", OVER, met=3, breached=7, pending=2)
    assert (row.status, row.worst, row.final) == ("missed", 0.25, False)


def test_a_closed_ceiling_on_a_rate_is_undecided_while_its_worst_end_is_exactly_the_target() -> None:
    # worst 3 ÷ 12, best 5 ÷ 12; of those due 3 ÷ 10 > 0.25
    row = rate("at_most", "0.25", OVER, met=3, breached=7, pending=2)
    assert (row.status, row.actual) == ("at_risk", 0.3)
    # of those due 3 ÷ 10 <= 0.3
    assert rate("at_most", "0.3", OVER, met=3, breached=7, pending=2).status == "on_track"


def test_a_closed_undecided_ceiling_with_nothing_due_is_on_track() -> None:
    assert rate("at_most", "0.3", OVER, met=0, breached=0, pending=2, due=0, due_met=0).status == "on_track"


def test_a_closed_ceiling_on_a_rate_with_nothing_owed_has_no_data() -> None:
    assert rate("at_most", "0.3", OVER).status == "no_data"


def test_a_ceiling_on_a_rate_of_zero_has_no_attainment() -> None:
    row = rate("at_most", "0.3", OVER, met=0, breached=4, pending=0)
    assert (row.status, row.actual) == ("met", 0)
    assert pd.isna(row.attainment)


# ratio


def test_a_running_ratio_is_on_track_or_at_risk_and_never_decided() -> None:
    assert win_rate("at_least", "0.25", won=1, closed=4, progress=RUNNING).status == "on_track"
    assert win_rate("at_least", "0.26", won=1, closed=4, progress=RUNNING).status == "at_risk"
    assert win_rate("at_least", "0.26", won=0, closed=4, progress=RUNNING).status == "at_risk"


def test_a_running_ratio_without_a_denominator_is_on_track() -> None:
    row = win_rate("at_least", "0.25", won=0, closed=0, progress=RUNNING)
    assert (row.status, row.final) == ("on_track", False)
    assert pd.isna(row.actual)


def test_a_closed_ratio_is_met_or_missed() -> None:
    row = win_rate("at_least", "0.25", won=1, closed=4, progress=OVER)
    assert (row.status, row.actual, row.attainment, row.final) == ("met", 0.25, 1, True)
    row = win_rate("at_least", "0.5", won=1, closed=4, progress=OVER)
    assert (row.status, row.attainment, row.final) == ("missed", 0.5, True)


def test_a_closed_ratio_without_a_denominator_has_no_data() -> None:
    row = win_rate("at_least", "0.25", won=0, closed=0, progress=OVER)
    assert (row.status, row.final) == ("no_data", True)
    assert row[["actual", "attainment", "projection"]].isna().all()


def test_a_ratio_has_no_obligations_no_bounds_and_no_projection() -> None:
    row = win_rate("at_least", "0.25", won=1, closed=4, progress=OVER)
    assert row[["met", "breached", "pending", "due", "worst", "best", "projection"]].isna().all()


# cost per MQL


def test_cost_per_mql_divides_spend_by_the_mqls_delivered() -> None:
    # 3,600 ÷ 3 = 1,200, which is at most 1,200; attainment 1,200 ÷ 1,200
    row = cost_per_mql("at_most", 1200, spend=3600, mqls=3, progress=OVER)
    assert (row.status, row.actual, row.attainment) == ("met", 1200, 1)


def test_cost_per_mql_above_the_target_is_missed() -> None:
    row = cost_per_mql("at_most", 1200, spend="3600.01", mqls=3, progress=OVER)
    assert row.status == "missed"
    # 1,200 ÷ (3,600.01 ÷ 3)
    assert row.attainment == pytest.approx(3600 / 3600.01)


def test_spend_without_an_mql_is_at_risk_and_then_missed() -> None:
    running = cost_per_mql("at_most", 1200, spend="0.01", mqls=0, progress=RUNNING)
    closed = cost_per_mql("at_most", 1200, spend="0.01", mqls=0, progress=OVER)
    assert (running.status, closed.status) == ("at_risk", "missed")
    assert running[["actual", "attainment"]].isna().all()
    assert closed[["actual", "attainment"]].isna().all()
    assert (running.final, closed.final) == (False, True)


def test_neither_spend_nor_an_mql_is_on_track_and_then_no_data() -> None:
    assert cost_per_mql("at_most", 1200, spend=0, mqls=0, progress=RUNNING).status == "on_track"
    assert cost_per_mql("at_most", 1200, spend=0, mqls=0, progress=OVER).status == "no_data"


def test_mqls_that_cost_nothing_keep_the_promise_but_have_no_attainment() -> None:
    row = cost_per_mql("at_most", 1200, spend=0, mqls=4, progress=OVER)
    assert (row.status, row.actual) == ("met", 0)
    assert pd.isna(row.attainment)


# exactness


def test_one_in_ten_reaches_a_tenth_and_seven_in_ten_reach_seven_tenths() -> None:
    assert rate("at_least", "0.1", OVER, met=1, breached=9, pending=0).status == "met"
    assert rate("at_most", "0.7", OVER, met=7, breached=3, pending=0).status == "met"


def test_a_third_does_not_reach_a_decimal_just_above_it_that_rounds_to_the_same_double() -> None:
    # 1 ÷ 3 < 0.333333333333333333334, and both are the same double
    above = "0.333333333333333333334"
    assert float(Decimal(above)) == 1 / 3
    assert rate("at_least", above, OVER, met=1, breached=2, pending=0).status == "missed"
    assert rate("at_most", above, OVER, met=1, breached=2, pending=0).status == "met"


def test_money_of_38_digits_is_compared_to_its_last_digit() -> None:
    target = "1234567890123456789012.3456789012345678"
    short_of_it = "1234567890123456789012.3456789012345677"
    assert volume("at_least", target, target, OVER).status == "met"
    assert volume("at_least", target, short_of_it, OVER).status == "missed"
    assert volume("at_most", short_of_it, target, OVER).status == "missed"


def test_a_projection_is_compared_before_it_is_rounded() -> None:
    # 1 × 3 ÷ 1 is exactly 3; 1 × 10 ÷ 3 is below 3.3333333333333333334
    thirds = {"is_over": False, "elapsed": 3, "whole": 10}
    assert volume("at_least", "3.3333333333333333334", 1, thirds).status == "at_risk"
    assert volume("at_least", "3.3333333333333333333", 1, thirds).status == "on_track"


# null and zero


def test_a_target_of_zero_is_met_and_has_no_attainment() -> None:
    row = volume("at_least", 0, 0, RUNNING)
    assert row.status == "met"
    assert pd.isna(row.attainment)
    assert pd.isna(volume("at_least", 0, 5, OVER).attainment)
    assert pd.isna(volume("at_most", 0, 5, OVER).attainment)
    assert pd.isna(rate("at_least", 0, OVER, met=1, breached=0, pending=0).attainment)


def test_a_rate_of_zero_is_zero_and_not_null() -> None:
    row = rate("at_least", "0.5", OVER, met=0, breached=4, pending=0)
    assert (row.actual, row.worst, row.best, row.attainment, row.status) == (0, 0, 0, 0, "missed")
