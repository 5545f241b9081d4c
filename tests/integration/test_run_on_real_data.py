"""`make run` on a real sales process, read where it lies: what is published agrees with what is known of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.integration.command_line import command, history_settings, published_rows

REAL_DATA = os.environ.get("SLA_REAL_DATA")


@pytest.mark.skipif(not REAL_DATA, reason="SLA_REAL_DATA isn't set: name the folder that holds bpic2012/")
def test_a_run_on_the_real_process_publishes_its_known_counts(tmp_path: Path) -> None:
    history = Path(str(REAL_DATA)).resolve() / "bpic2012"
    ran = command("run", history_settings(history, tmp_path / "home"))
    assert ran.status == 0, ran.output
    # The counts are worked out independently and stand in the data's own README.
    mqls = "select count(*), count(handed_off_at), count(opportunity_at), count(won_at) from marts.fct_mqls"
    assert published_rows(tmp_path / "home", mqls) == [(7_367, 7_272, 4_700, 2_041)]
    assert published_rows(tmp_path / "home", "select count(*) from marts.fct_obligations") == [(51_347,)]
    assert published_rows(tmp_path / "home", "select count(*) from marts.dim_people") == [(13_087,)]
    # There is neither spend nor a meeting in it, and no figure is made up for them.
    assert published_rows(tmp_path / "home", "select count(meeting_confirmed_at) from marts.fct_mqls") == [
        (0,)
    ]
    periods = "select count(distinct period), min(period)::text from marts.sla_attainment"
    assert published_rows(tmp_path / "home", periods) == [(6, "2011-10-01")]
