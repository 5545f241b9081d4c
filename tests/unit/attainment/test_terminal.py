"""What the attainment table looks like on a terminal and in a log."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest

from dagster_project.attainment import attainment_text
from tests.unit.attainment.frames import a_period, a_target, an_event, attain_all, some_obligations

MONTHS = [date(2025, month, 1) for month in range(3, 13)] + [date(2026, 1, 1), date(2026, 2, 1)]
COMMITMENTS: list[tuple[str, str, str, str | int]] = [
    ("mql-volume", "mqls_delivered", "at_least", 300),
    ("on-time-handoff", "handoff_on_time_rate", "at_least", "0.95"),
    ("first-response", "first_attempt_on_time_rate", "at_least", "0.90"),
    ("cadence", "cadence_completed_rate", "at_least", "0.85"),
    ("disposition", "disposition_on_time_rate", "at_least", "0.95"),
    ("no-contact", "no_contact_procedure_rate", "at_least", "0.90"),
    ("rep-load", "reps_within_capacity_rate", "at_least", "1.0"),
    ("sql-conversion", "mql_to_sql_rate", "at_least", "0.25"),
    ("meetings", "meetings_confirmed", "at_least", 60),
    ("close-rate", "win_rate", "at_least", "0.20"),
    ("cost", "cost_per_mql", "at_most", 1200),
]


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    """Twelve periods of eleven commitments, of which the latest runs."""
    periods = [a_period(month, is_over=month != MONTHS[-1], elapsed=80) for month in MONTHS]
    targets = [
        a_target(metric, comparison, target, month, commitment_id=name, position=position)
        for month in MONTHS
        for position, (name, metric, comparison, target) in enumerate(COMMITMENTS, start=1)
        if (name, month) != ("cost", MONTHS[0])
    ]
    obligations = [
        some_obligations("first_attempt", met=9, breached=1, pending=4) | {"period": month}
        for month in MONTHS
    ]
    events = [an_event("mqls_delivered", 150 + 10 * position, month) for position, month in enumerate(MONTHS)]
    events += [an_event("campaign_spend", 288000, month) for month in MONTHS]
    return attain_all(periods, targets, obligations, events)


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_twelve_periods_of_eleven_commitments_fit_the_width(year: pd.DataFrame, width: int) -> None:
    text = attainment_text(year, colour=False, width=width)
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= width
    headers = " ".join(line for line in lines if line.startswith("commitment"))
    assert re.findall(r"\d{4}-\d{2}", headers) == [f"{month:%Y-%m}" for month in MONTHS]
    for name, *_ in COMMITMENTS:
        assert any(line.startswith(f"{name} ") for line in lines)


def test_a_wide_terminal_shows_all_periods_beside_each_other(year: pd.DataFrame) -> None:
    text = attainment_text(year, colour=False, width=160)
    assert text.count("\ncommitment ") == 1


def test_a_text_that_is_no_terminal_is_plain(year: pd.DataFrame) -> None:
    text = attainment_text(year, colour=False, width=100)
    assert "\x1b" not in text
    assert text.isascii()
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_colour_adds_to_the_words_and_replaces_none(year: pd.DataFrame) -> None:
    coloured = attainment_text(year, colour=True, width=100)
    assert "\x1b[" in coloured
    bare = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
    assert bare == attainment_text(year, colour=False, width=100).splitlines()


def test_each_status_is_a_word() -> None:
    periods = [a_period(date(2026, 1, 1)), a_period(date(2026, 2, 1), is_over=False, elapsed=80)]
    january, february = (period["period"] for period in periods)
    rows = [
        a_target("sqls", "at_least", 1, january, commitment_id="kept"),
        a_target("sqls", "at_least", 9, january, commitment_id="broken"),
        a_target("sqls", "at_least", 9, february, commitment_id="broken"),
        a_target("sqls", "at_least", 2, february, commitment_id="coming"),
        a_target("win_rate", "at_least", "0.5", january, commitment_id="unknown"),
    ]
    text = attainment_text(
        attain_all(periods, rows, events=[an_event("sqls", 1), an_event("sqls", 1, february)]), colour=False
    )
    cells = {line.split()[0]: line.split()[1:] for line in text.split("not final")[0].splitlines() if line}
    assert cells["kept"] == ["met", "."]
    # half of February has passed: 1 becomes 2
    assert cells["broken"] == ["missed", "at", "risk*"]
    assert cells["coming"] == [".", "on", "track*"]
    assert cells["unknown"] == ["no", "data", "."]


def test_the_figures_tell_target_and_actual_apart() -> None:
    # 9,495 of 10,000 is 94.95 %, which to one digit would look like the target of 95.0 %
    row = attain_all(
        [a_period()],
        [a_target("handoff_on_time_rate", "at_least", "0.95")],
        [some_obligations("handoff", met=9495, breached=505, pending=0)],
    )
    assert ">= 95.00 %  94.95 %" in attainment_text(row, colour=False)


def test_the_figures_say_where_an_undecided_period_can_end() -> None:
    rows = attain_all(
        [a_period(is_over=False, elapsed=80)],
        [
            a_target("handoff_on_time_rate", "at_least", "0.9", commitment_id="handoff"),
            a_target("mqls_delivered", "at_least", 50, commitment_id="volume", position=2),
        ],
        [some_obligations("handoff", met=2, breached=1, pending=1)],
        [an_event("mqls_delivered", 20)],
    )
    text = attainment_text(rows, colour=False)
    # worst 2 ÷ 4, best 3 ÷ 4; half of the business time has passed: 20 becomes 40
    assert "50.0 to 75.0 %" in text
    assert "about 40" in text


def test_without_any_row_the_text_says_so() -> None:
    empty = attain_all([a_period()], [])
    assert (
        attainment_text(empty, colour=False) == "No commitment has a target in any period that has begun.\n"
    )


def test_a_hostile_commitment_id_is_shown_as_it_is() -> None:
    row = attain_all([a_period()], [a_target("sqls", "at_least", 1, commitment_id="[red]x[/red]")])
    assert "[red]x[/red]" in attainment_text(row, colour=False)


def test_the_instant_that_the_figures_are_stated_as_of_stands_above_them() -> None:
    row = attain_all([a_period()], [a_target("sqls", "at_least", 1)])
    assert attainment_text(row, colour=False).startswith(
        "SLA attainment, complete through 2026-02-10 12:00:00 UTC\n"
    )
