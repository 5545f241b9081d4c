"""A real sales process of 13,087 applications, read where it lies: its counts are known from the log itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.pipeline import Result, run_pipeline

REAL_DATA = os.environ.get("SLA_REAL_DATA")


@pytest.fixture(scope="module")
def bpic2012(tmp_path_factory: pytest.TempPathFactory) -> Result:
    if not REAL_DATA:
        pytest.skip(
            "SLA_REAL_DATA isn't set: name the folder that holds bpic2012/ to run on the real process"
        )
    return run_pipeline(Path(REAL_DATA) / "bpic2012", tmp_path_factory.mktemp("bpic2012"))


def count(result: Result, query: str) -> int:
    ((found,),) = result.rows(query)
    assert isinstance(found, int)
    return found


def test_every_application_is_a_person_and_the_preaccepted_ones_are_mqls(bpic2012: Result) -> None:
    assert count(bpic2012, "select count(*) from marts.dim_people") == 13_087
    assert count(bpic2012, "select count(*) from marts.fct_mqls") == 7_367


def test_mqls_are_handed_off_worked_and_won_as_the_log_says(bpic2012: Result) -> None:
    assert count(bpic2012, "select count(handed_off_at) from marts.fct_mqls") == 7_272
    assert count(bpic2012, "select count(opportunity_at) from marts.fct_mqls") == 4_700
    assert count(bpic2012, "select count(won_at) from marts.fct_mqls") == 2_041


def test_every_obligation_is_there_once(bpic2012: Result) -> None:
    assert count(bpic2012, "select count(*) from marts.fct_obligations") == 51_347


def test_what_needs_meetings_or_spend_has_no_data(bpic2012: Result) -> None:
    assert count(bpic2012, "select count(meeting_confirmed_at) from marts.fct_mqls") == 0
    assert count(bpic2012, "select count(*) from marts.funnel_by_period where spend != 0") == 0


def test_nothing_that_was_delivered_is_lost(bpic2012: Result) -> None:
    for report in bpic2012.reports:
        for delivery in report.deliveries:
            assert delivery.rows_read == delivery.rows_accepted + delivery.rows_quarantined
