"""The attainment history has exactly one row a published change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from dagster_project.decisions.changes import (
    PLAN_HISTORY_COLUMNS,
    attainment_changes,
    history_schema,
    plan_changes,
    restated_figures,
)
from dagster_project.decisions.columns import schema_of, table_of
from dagster_project.decisions.history import Publication
from dagster_project.decisions.plan import PLAN_COLUMNS

ATTAINMENT = pa.schema(
    [
        ("period", pa.date32()),
        ("commitment_id", pa.string()),
        ("owner", pa.string()),
        ("metric", pa.string()),
        ("contract_version", pa.int32()),
        ("comparison", pa.string()),
        ("target", pa.decimal128(38, 12)),
        ("actual", pa.float64()),
        ("met", pa.int64()),
        ("breached", pa.int64()),
        ("pending", pa.int64()),
        ("due", pa.int64()),
        ("worst", pa.float64()),
        ("best", pa.float64()),
        ("projection", pa.float64()),
        ("attainment", pa.float64()),
        ("status", pa.string()),
        ("final", pa.bool_()),
        ("complete_through", pa.timestamp("us", tz="UTC")),
    ]
)
ROW = {
    "period": date(2026, 1, 1),
    "commitment_id": "response",
    "owner": "sales",
    "metric": "first_attempt_on_time_rate",
    "contract_version": 1,
    "comparison": "at_least",
    "target": Decimal("0.9"),
    "actual": 0.9,
    "met": 9,
    "breached": 1,
    "pending": 0,
    "due": 10,
    "worst": 0.9,
    "best": 0.9,
    "projection": None,
    "attainment": 1.0,
    "status": "met",
    "final": True,
}
NOTHING = history_schema(ATTAINMENT).empty_table()


def stated(*rows: Mapping[str, Any], day: int = 1) -> pa.Table:
    """The attainment as of a day of March: rows that differ from ROW as told."""
    as_of = {"complete_through": datetime(2026, 3, day, tzinfo=UTC)}
    return pa.Table.from_pylist([{**ROW, **as_of, **row} for row in rows], schema=ATTAINMENT)


def publication(number: int = 1) -> Publication:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=number)
    return Publication(number, f"run{number}", at, at, {})


def published(*tables: pa.Table) -> pa.Table:
    """The history after each of these was published in turn."""
    history = NOTHING
    for number, table in enumerate(tables, start=1):
        history = pa.concat_tables([history, attainment_changes(history, table, publication(number))])
    return history


def test_the_first_publication_adds_every_row_with_when_and_by_whom() -> None:
    changes = attainment_changes(NOTHING, stated({}, {"commitment_id": "cadence"}), publication())
    assert changes.schema == history_schema(ATTAINMENT)
    assert changes["commitment_id"].to_pylist() == ["cadence", "response"]
    assert set(changes["run_id"].to_pylist()) == {"run1"}
    assert set(changes["published_at"].to_pylist()) == {publication().published_at}


def test_the_same_figures_as_of_another_instant_add_nothing() -> None:
    history = published(stated({}, day=1))
    assert attainment_changes(history, stated({}, day=2), publication(2)).num_rows == 0


@pytest.mark.parametrize(
    "change",
    [
        {"target": Decimal("0.900000000001")},
        {"actual": 0.8},
        {"actual": None},
        {"met": 10},
        {"breached": 2},
        {"pending": 1},
        {"due": 11},
        {"worst": 0.8},
        {"best": 0.95},
        {"projection": 1.0},
        {"attainment": None},
        {"status": "missed"},
        {"final": False},
        {"contract_version": 2},
        {"comparison": "at_most"},
        {"metric": "cadence_completed_rate"},
        {"owner": "marketing"},
    ],
)
def test_any_other_figure_or_status_adds_its_row(change: dict[str, Any]) -> None:
    history = published(stated({}, {"commitment_id": "cadence"}))
    changes = attainment_changes(history, stated(change, {"commitment_id": "cadence"}, day=2), publication(2))
    assert changes["commitment_id"].to_pylist() == ["response"]
    ((name, value),) = change.items()
    assert changes[name].to_pylist() == [value]


def test_a_row_is_compared_with_what_was_last_published_not_with_what_was_ever() -> None:
    history = published(stated({}), stated({"actual": 0.8}))
    # back to the first figure: a change again
    assert attainment_changes(history, stated({}), publication(3)).num_rows == 1


def test_what_is_stated_no_more_is_withdrawn_once() -> None:
    history = published(stated({}, {"commitment_id": "cadence"}), stated({}, day=2))
    (withdrawn,) = history.to_pylist()[2:]
    assert withdrawn["commitment_id"] == "cadence"
    assert (withdrawn["owner"], withdrawn["metric"]) == ("sales", "first_attempt_on_time_rate")
    assert (withdrawn["status"], withdrawn["actual"], withdrawn["target"], withdrawn["final"]) == (None,) * 4
    assert attainment_changes(history, stated({}, day=3), publication(3)).num_rows == 0
    # and stated again
    again = attainment_changes(history, stated({}, {"commitment_id": "cadence"}), publication(4))
    assert again["commitment_id"].to_pylist() == ["cadence"]


def test_only_a_final_figure_is_restated() -> None:
    first = stated({}, {"commitment_id": "running", "final": False, "status": "at_risk"})
    second = stated(
        {"actual": 0.8, "met": 8, "status": "missed"}, {"commitment_id": "running", "actual": 0.1}
    )
    history = published(first)
    changes = attainment_changes(history, second, publication(2))
    (restated,) = restated_figures(history, changes, publication(2)).to_pylist()
    assert restated["commitment_id"] == "response"
    assert (restated["old_actual"], restated["new_actual"]) == (0.9, 0.8)
    assert (restated["old_met"], restated["new_met"]) == (9, 8)
    assert (restated["old_status"], restated["new_status"]) == ("met", "missed")
    assert restated["old_published_at"] == publication(1).published_at


def test_a_deadline_that_has_passed_since_restates_nothing() -> None:
    # what was met before its deadline counts among the due when that has passed: a row of the history, no restatement
    history = published(stated({"due": 9}))
    changes = attainment_changes(history, stated({"due": 10}), publication(2))
    assert changes.num_rows == 1
    assert restated_figures(history, changes, publication(2)).num_rows == 0


def test_a_final_figure_that_becomes_undecided_or_is_withdrawn_is_restated() -> None:
    history = published(stated({}, {"commitment_id": "cadence"}))
    changes = attainment_changes(history, stated({"final": False, "pending": 1}), publication(2))
    restated = restated_figures(history, changes, publication(2)).to_pylist()
    assert [(row["commitment_id"], row["new_status"]) for row in restated] == [
        ("cadence", None),
        ("response", "met"),
    ]


# ---------------------------------------------------------------- proposals

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
PLAN = {
    "required": 120.4,
    "required_low": 100.2,
    "required_high": 150.9,
    "affordable": 110.7,
    "expected": 95.5,
    "workable": 180,
    "proposal": 110.7,
    "binding": "affordable",
    "verdict": "raise",
    "reason": "Because.",
}


def proposed(*rows: Mapping[str, Any]) -> pa.Table:
    return table_of(({**PLAN, "period": APRIL, **row} for row in rows), PLAN_COLUMNS)


def proposals(*tables: pa.Table) -> pa.Table:
    """All that is kept after each of these was published in turn."""
    history = schema_of(PLAN_HISTORY_COLUMNS).empty_table()
    for number, table in enumerate(tables, start=1):
        history = pa.concat_tables([history, plan_changes(history, table, publication(number))])
    return history


def test_a_proposal_is_kept_with_what_it_was_stated_as_of_and_when_it_was_published() -> None:
    (kept,) = proposals(proposed({})).to_pylist()
    assert {name: kept[name] for name in PLAN} == PLAN
    first = publication(1)
    assert (kept["complete_through"], kept["published_at"], kept["run_id"]) == (
        first.complete_through,
        first.published_at,
        first.run_id,
    )


def test_a_proposal_is_kept_once_for_each_change_and_stays_when_its_month_has_begun() -> None:
    kept = proposals(
        proposed({}), proposed({}), proposed({"proposal": 100.0}), proposed({"period": MAY})
    ).to_pylist()
    assert [(row["period"], row["proposal"], row["run_id"]) for row in kept] == [
        (APRIL, 110.7, "run1"),
        (APRIL, 100.0, "run3"),
        (MAY, 110.7, "run4"),
    ]


@pytest.mark.parametrize("name", PLAN)
def test_any_other_number_or_argument_is_another_proposal(name: str) -> None:
    assert plan_changes(proposals(proposed({})), proposed({name: None}), publication(2)).num_rows == 1
