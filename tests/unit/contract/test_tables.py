"""The contract as tables: every rule of every version is a row with exact numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dagster_project.contract import contract_tables, load_contracts
from dagster_project.contract.tables import SCHEMAS

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("history-*/contracts"))
HOUR = 3_600_000_000
DAY = 24 * HOUR


@pytest.fixture
def rows(load: Callable[..., Any], contract_text: str) -> Callable[..., list[dict[str, Any]]]:
    """The rows of one table of the sample, without its version."""

    def rows_of(table: str, *changes: tuple[str, str]) -> list[dict[str, Any]]:
        text = contract_text
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        found = contract_tables(load(text))[table].to_pylist()
        return [{key: value for key, value in row.items() if key != "version"} for row in found]

    return rows_of


Rows = Callable[..., list[dict[str, Any]]]


def test_a_version_is_one_row_with_its_promises_in_microseconds(rows: Rows) -> None:
    assert rows("contract_versions") == [
        {
            "contract": "sample",
            "is_signed": True,
            "signed_on": date(2025, 12, 19),
            "effective_from": date(2026, 1, 1),
            # Midnight in Mexico City, UTC−6.
            "effective_at": datetime(2026, 1, 1, 6),
            "timezone": "America/Mexico_City",
            "currency": "MXN",
            "language": "es",
            "basis": "scored",
            "threshold": Decimal("60.000000"),
            "requalify_after_microseconds": 30 * DAY,
            "handoff_within_microseconds": 4 * HOUR,
            "first_attempt_within_microseconds": HOUR // 2,
            "disposition_within_microseconds": 24 * HOUR,
            "no_contact_after_attempts": 5,
            "no_contact_within_business_days": 3,
            "sql_mode": "all_of",
            "sql_within_microseconds": 45 * DAY,
            "opportunity_within_microseconds": 60 * DAY,
            "customer_within_microseconds": 180 * DAY,
            "capacity_min": 10,
            "capacity_max": 30,
        }
    ]


def test_what_a_contract_leaves_out_is_null_or_no_row(contracts_of: Callable[..., Any]) -> None:
    tables = contract_tables(contracts_of("{monday: [09:00-17:00]}"))
    [version] = tables["contract_versions"].to_pylist()
    assert {key for key, value in version.items() if value is None} == {
        "threshold",
        "handoff_within_microseconds",
        "first_attempt_within_microseconds",
        "disposition_within_microseconds",
        "no_contact_after_attempts",
        "no_contact_within_business_days",
        "sql_mode",
        "sql_within_microseconds",
        "opportunity_within_microseconds",
        "customer_within_microseconds",
        "capacity_min",
        "capacity_max",
    }
    assert version["requalify_after_microseconds"] == 0
    assert {name for name, table in tables.items() if table.num_rows} == {
        "contract_versions",
        "contract_signatures",
    }


def test_a_draft_has_no_date_of_signature(rows: Rows) -> None:
    [version] = rows("contract_versions", ("department: sales", "department: marketing"))
    assert (version["is_signed"], version["signed_on"]) == (False, None)
    assert len(rows("contract_signatures", ("department: sales", "department: marketing"))) == 2


def test_a_promise_of_a_part_of_an_hour_is_exact(rows: Rows) -> None:
    # 0.333333 h of 3,600,000,000 microseconds each = 1,199,998,800.
    [version] = rows("contract_versions", ("  within_business_hours: 4", "  within_business_hours: 0.333333"))
    assert version["handoff_within_microseconds"] == 1_199_998_800


def test_criteria_keep_their_bounds_and_points_exactly(rows: Rows) -> None:
    none = {"at_least": None, "at_most": None, "has_one_of": False, "has_phrase": False}
    assert rows("contract_criteria") == [
        {
            **none,
            "criterion_id": "required-1",
            "part": "required",
            "position": 1,
            "attribute": "country",
            "points": None,
            "has_one_of": True,
        },
        {
            **none,
            "criterion_id": "decision-maker",
            "part": "fit",
            "position": 1,
            "attribute": "job_title",
            "points": Decimal(20),
            "has_phrase": True,
        },
        {
            **none,
            "criterion_id": "can-invest",
            "part": "fit",
            "position": 2,
            "attribute": "annual_budget",
            "points": Decimal(15),
            "at_least": Decimal(250000),
            "at_most": Decimal("9000000.5"),
        },
    ]


def test_bounds_hold_as_many_digits_as_their_type(rows: Rows) -> None:
    bound = "12345678901234567890.123456789012345678"
    criteria = rows("contract_criteria", ("at_least: 250000, at_most: 9000000.50", f"at_least: {bound}"))
    assert criteria[2]["at_least"] == Decimal(bound)


def test_criterion_values_are_as_written_each_once(rows: Rows) -> None:
    found = rows("contract_criterion_values", ("[MX, CO, CL]", "[MX, España, espana, ' mx ', CL]"))
    assert [(row["criterion_id"], row["kind"], row["value"]) for row in found] == [
        ("required-1", "one_of", "MX"),
        ("required-1", "one_of", "España"),
        ("required-1", "one_of", "CL"),
        ("decision-maker", "has_phrase", "director"),
        ("decision-maker", "has_phrase", "gerente general"),
    ]


def test_engagement_rules_and_triggers_say_which_touches_they_match(rows: Rows) -> None:
    assert rows("contract_engagement") == [
        {
            "rule_id": "any-touch",
            "position": 1,
            "points": Decimal("1.25"),
            "max_count": 10,
            "window_microseconds": 90 * DAY,
            "any_touch_type": True,
            "any_content_type": True,
        },
        {
            "rule_id": "sales-content",
            "position": 2,
            "points": Decimal(15),
            "max_count": None,
            "window_microseconds": None,
            "any_touch_type": False,
            "any_content_type": False,
        },
    ]
    assert rows("contract_triggers") == [
        {
            "trigger_id": "asked",
            "position": 1,
            "at_least": 1,
            "any_touch_type": False,
            "any_content_type": True,
        },
        {
            "trigger_id": "many",
            "position": 2,
            "at_least": 8,
            "any_touch_type": True,
            "any_content_type": True,
        },
    ]
    words = [
        (row["rule_kind"], row["rule_id"], row["column_name"], row["word"])
        for row in rows("contract_touch_words")
    ]
    assert words == [
        ("engagement", "sales-content", "touch_type", "content_download"),
        ("engagement", "sales-content", "content_type", "pricing"),
        ("engagement", "sales-content", "content_type", "case_study"),
        ("trigger", "asked", "touch_type", "info_request"),
    ]


def test_a_trigger_without_a_number_means_one(rows: Rows) -> None:
    assert rows("contract_triggers", (", at_least: 8", ""))[1]["at_least"] == 1


def test_cadence_steps_count_from_one_and_may_name_no_activity(rows: Rows) -> None:
    assert rows("contract_cadence") == [
        {"step": 1, "at_least": 3, "within_business_days": 5, "any_activity": False},
        {"step": 2, "at_least": 1, "within_business_days": 6, "any_activity": True},
    ]
    assert rows("contract_cadence_activities") == [{"step": 1, "activity": "call"}]


def test_statuses_and_conditions_and_overrides_are_rows(rows: Rows) -> None:
    assert [(row["status_group"], row["status"]) for row in rows("contract_statuses")] == [
        ("accepted", "Working"),
        ("accepted", "Accepted"),
        ("rejected", "Rejected"),
        ("recycled", "Nurture"),
        ("qualified", "Qualified"),
    ]
    assert rows("contract_sql_conditions") == [{"condition": "accepted"}, {"condition": "meeting_confirmed"}]
    assert rows("contract_capacity_overrides") == [
        {"rep_id": "0055g00000ABCDE", "capacity_min": 5, "capacity_max": 12}
    ]


def test_any_of_is_the_other_mode(rows: Rows) -> None:
    assert rows("contract_versions", ("all_of", "any_of"))[0]["sql_mode"] == "any_of"


def test_commitments_have_a_default_and_months_of_their_own(rows: Rows) -> None:
    found = [
        (row["commitment_id"], row["position"], row["comparison"], row["default_target"])
        for row in rows("contract_commitments")
    ]
    assert found == [
        ("mql-volume", 1, "at_least", Decimal(300)),
        ("on-time", 2, "at_least", Decimal("0.455")),
        ("cost", 3, "at_most", Decimal(1200)),
    ]
    assert rows("contract_commitment_periods") == [
        {"commitment_id": "mql-volume", "period": date(2026, 2, 1), "target": Decimal(320)}
    ]


def test_a_commitment_may_have_months_only(rows: Rows) -> None:
    change = ("{default: 300, 2026-02: 320}", "{2026-02: 320}")
    assert rows("contract_commitments", change)[0]["default_target"] is None
    assert rows("contract_commitment_periods", change)[0]["target"] == Decimal(320)


def test_the_plan_is_a_row_with_its_months_apart(rows: Rows) -> None:
    assert rows("contract_plan") == [
        {"lookback_periods": 6, "revenue_goal": Decimal(4000000), "marketing_budget": Decimal(350000)}
    ]
    assert rows("contract_plan_periods") == [
        {"item": "revenue_goal", "period": date(2026, 3, 1), "amount": Decimal(4500000)}
    ]


def test_every_version_has_its_rows(load: Callable[..., Any], contract_text: str) -> None:
    other = contract_text.replace("version: 1", "version: 2").replace("2026-01-01", "2026-03-01")
    tables = contract_tables(load(contract_text, other))
    for name, table in tables.items():
        assert set(table["version"].to_pylist()) == {1, 2}, name


def test_tables_have_their_declared_schemas(load: Callable[..., Any], contract_text: str) -> None:
    tables = contract_tables(load(contract_text))
    assert {name: table.schema for name, table in tables.items()} == SCHEMAS


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.parent.name)
def test_the_contracts_of_the_example_histories_are_valid(folder: Path) -> None:
    contracts = load_contracts(folder)
    assert contract_tables(contracts)["contract_versions"].num_rows == len(list(folder.glob("*.yml")))
