"""Every check passes on a good warehouse and fails, for its own reason, on one broken for it."""

from __future__ import annotations

import pytest

from data_checks import ALL_SUITES, Severity, Suite
from data_checks.checks import RowCount
from tests.unit.data_checks.breakages import BREAKAGES
from tests.unit.data_checks.conftest import Run

SUITE_OF = {check.id: suite for suite in ALL_SUITES for check in suite.checks}
CHECK_OF = {check.id: check for suite in ALL_SUITES for check in suite.checks}


def test_every_check_passes_on_a_good_warehouse(run: Run) -> None:
    results = run()
    assert [result.sentence for result in results.values() if not result.passed] == []
    assert list(results) == list(CHECK_OF)


def test_every_check_has_its_own_way_to_fail() -> None:
    assert set(BREAKAGES) == set(CHECK_OF)
    assert len(CHECK_OF) == sum(len(suite.checks) for suite in ALL_SUITES)


@pytest.mark.parametrize("check_id", BREAKAGES)
def test_the_check_fails_for_its_own_reason(check_id: str, run: Run) -> None:
    breakage = BREAKAGES[check_id]
    result = run(breakage.sql, [SUITE_OF[check_id]])[check_id]
    assert not result.passed
    assert result.problem is None
    assert (result.failing, result.sample) == (breakage.failing, breakage.sample)
    if isinstance(CHECK_OF[check_id], RowCount):
        assert result.observed == 0
    assert CHECK_OF[check_id].meaning in result.sentence
    assert result.is_blocking == (CHECK_OF[check_id].severity is Severity.ERROR)


@pytest.mark.parametrize("suite", ALL_SUITES, ids=lambda suite: suite.name)
def test_an_empty_table_is_an_error(suite: Suite, run: Run) -> None:
    """There may rightly be no MQLs, obligations or periods; but then the tables they are made of have none either."""
    results = run(f"delete from {suite.table}", [suite])
    assert [result.check_id for result in results.values() if result.is_blocking] != []


def test_a_suite_says_first_how_many_rows_there_should_be() -> None:
    """Or, of what a company may have none of, that it is as much as another table says."""
    first = {suite.name: suite.checks[0].id for suite in ALL_SUITES}
    assert {check_id for check_id in first.values() if not isinstance(CHECK_OF[check_id], RowCount)} == {
        "touches_are_delivered_where_mqls_are_scored",
        "raw_campaigns_has_what_the_ledger_accepted",
        "raw_campaign_spend_has_what_the_ledger_accepted",
        "raw_lead_history_has_what_the_ledger_accepted",
        "activities_are_delivered_where_follow_up_is_promised",
        "raw_meetings_has_what_the_ledger_accepted",
        "raw_opportunities_has_what_the_ledger_accepted",
        *(check_id for check_id in CHECK_OF if check_id.startswith("every_record_of_")),
        "points_add_up_to_the_score",
        "credits_of_every_mql_sum_to_one_in_each_model",
        "opportunities_are_as_many_as_their_mqls_have",
        "reps_received_every_handed_off_mql",
        "cohorts_hold_every_handed_off_mql",
        "the_funnel_counts_every_mql_and_person",
        "breaches_are_all_the_breached_obligations",
        "the_published_ledger_is_the_whole_ledger",
        "the_quarantine_holds_the_rows_that_the_ledger_set_aside",
    }
