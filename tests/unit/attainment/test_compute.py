"""The table as a whole: which rows there are, in which order, with which types."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pandas as pd
import pytest

from dagster_project.attainment import ATTAINMENT_COLUMNS, METRICS, Kind, attainment_table, compute_attainment
from tests.unit.attainment.frames import (
    JANUARY,
    W,
    a_period,
    a_target,
    an_event,
    attain_all,
    some_obligations,
)

FEBRUARY = date(2026, 2, 1)


def test_a_period_without_a_target_has_no_row() -> None:
    result = attain_all(
        [a_period(JANUARY), a_period(FEBRUARY, is_over=False, elapsed=40)],
        [a_target("mqls_delivered", "at_least", 3, FEBRUARY)],
        events=[an_event("mqls_delivered", 5)],
    )
    assert list(result.period) == [FEBRUARY]
    assert list(result.actual) == [0]


def test_rows_stand_in_order_of_period_and_of_the_contract() -> None:
    result = attain_all(
        [a_period(FEBRUARY), a_period(JANUARY)],
        [
            a_target("sqls", "at_least", 1, FEBRUARY, commitment_id="a-second", position=2),
            a_target("sqls", "at_least", 1, FEBRUARY, commitment_id="z-first", position=1),
            a_target("sqls", "at_least", 1, JANUARY, commitment_id="m-only", position=1),
        ],
    )
    assert list(result.commitment_id) == ["m-only", "z-first", "a-second"]


def test_without_any_target_there_is_an_empty_table_with_all_columns() -> None:
    result = attain_all([a_period()], [])
    assert len(result) == 0
    assert list(result.columns) == list(ATTAINMENT_COLUMNS)
    assert attainment_table(result).num_rows == 0


def test_each_commitment_counts_its_own_obligations_and_events() -> None:
    result = attain_all(
        [a_period()],
        [
            a_target("handoff_on_time_rate", "at_least", "0.5", commitment_id="handoff", owner="marketing"),
            a_target("mql_to_sql_rate", "at_least", "0.5", commitment_id="sql", position=2),
            a_target("meetings_confirmed", "at_least", 2, commitment_id="meetings", position=3),
            a_target("revenue_won", "at_least", "1000.50", commitment_id="revenue", position=4),
        ],
        [some_obligations("handoff", met=3, breached=1, pending=0), some_obligations("sql", 1, 4, 0)],
        [an_event("meetings_confirmed", 2), an_event("sqls", 9), an_event("revenue_won", "1000.50")],
    ).set_index("commitment_id")
    assert dict(result.actual) == {"handoff": 0.75, "sql": 0.2, "meetings": 2, "revenue": 1000.5}
    assert dict(result.status) == {"handoff": "met", "sql": "missed", "meetings": "met", "revenue": "met"}
    assert dict(result.owner) == {
        "handoff": "marketing",
        "sql": "sales",
        "meetings": "sales",
        "revenue": "sales",
    }


def test_every_metric_of_the_contract_has_figures() -> None:
    rates = {
        "handoff_on_time_rate": "handoff",
        "first_attempt_on_time_rate": "first_attempt",
        "cadence_completed_rate": "cadence",
        "disposition_on_time_rate": "disposition",
        "no_contact_procedure_rate": "no_contact",
        "reps_within_capacity_rate": "rep_load",
        "mql_to_sql_rate": "sql",
        "mql_to_opportunity_rate": "opportunity",
        "mql_to_customer_rate": "customer",
    }
    volumes = {
        "leads_created", "mqls_qualified", "mqls_delivered", "sqls", "meetings_confirmed", "opportunities",
        "customers_won", "revenue_won",
    }  # fmt: skip
    assert {name: metric.obligation for name, metric in METRICS.items() if metric.kind is Kind.RATE} == rates
    assert {name for name, metric in METRICS.items() if metric.kind is Kind.VOLUME} == volumes
    assert {name for name, metric in METRICS.items() if metric.kind is Kind.RATIO} == {
        "win_rate",
        "cost_per_mql",
    }


def test_doubles_are_refused_because_a_comparison_with_them_could_err() -> None:
    with pytest.raises(TypeError, match=r"0\.1 is no exact number"):
        attain_all([a_period()], [a_target("sqls", "at_least", 1) | {"target": 0.1}])
    with pytest.raises(TypeError, match="no exact number"):
        attain_all(
            [a_period()], [a_target("sqls", "at_least", 1)], events=[an_event("sqls", 1) | {"value": 1.0}]
        )


def test_an_unknown_metric_is_an_error() -> None:
    with pytest.raises(KeyError, match="applause"):
        attain_all([a_period()], [a_target("applause", "at_least", 1)])


@pytest.mark.parametrize(
    "complete_through",
    [
        datetime(2026, 2, 10, 12, 0),
        datetime(2026, 2, 10, 12, 0, tzinfo=UTC),
        datetime(2026, 2, 10, 6, 0, tzinfo=timezone(timedelta(hours=-6))),
    ],
)
def test_complete_through_is_an_instant_and_utc_without_a_zone(complete_through: datetime) -> None:
    result = attain_all([a_period()], [a_target("sqls", "at_least", 1)], complete_through=complete_through)
    assert result.complete_through.iloc[0] == W


def test_the_database_reads_the_table_with_the_published_types_and_exact_targets() -> None:
    table = attainment_table(
        attain_all(
            [a_period()],
            [
                a_target("sqls", "at_least", "12345678901234567890.123456789012"),
                a_target("mql_to_sql_rate", "at_least", "0.1", commitment_id="rate", position=2),
            ],
        )
    )
    connection = duckdb.connect()
    connection.register("attainment", table)
    described = connection.sql("describe attainment").fetchall()
    expected = {
        name: {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}.get(column.duckdb_type, column.duckdb_type)
        for name, column in ATTAINMENT_COLUMNS.items()
    }
    assert {row[0]: row[1] for row in described} == expected
    assert connection.sql("select target from attainment order by target desc").fetchall() == [
        (Decimal("12345678901234567890.123456789012"),),
        (Decimal("0.100000000000"),),
    ]
    # a volume has no obligations, and what is null in the frame is null in the table
    assert connection.sql("select met, worst from attainment where metric = 'sqls'").fetchall() == [
        (None, None)
    ]
    assert connection.sql("select met, actual from attainment where metric != 'sqls'").fetchall() == [
        (0, None)
    ]


def test_frames_straight_from_the_database_are_read_as_they_are() -> None:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")

    def frame(query: str) -> pd.DataFrame:
        table: pd.DataFrame = connection.sql(query).to_arrow_table().to_pandas()
        return table

    result = compute_attainment(
        frame("select date '2026-01-01' as period, true as is_over, 160 as business_microseconds, "
              "160 as elapsed_business_microseconds"),
        frame("select date '2026-01-01' as period, 'a' as commitment_id, 1 as position, 'sales' as owner, "
              "'revenue_won' as metric, 1 as contract_version, 'at_least' as comparison, "
              "cast(0.3 as decimal(38, 12)) as target"),
        frame("select date '2026-01-01' as period, 'sql' as obligation, 1 as met, 0 as breached, "
              "0 as pending, 1 as due, 1 as due_met"),
        frame("select date '2026-01-01' as period, 'revenue_won' as event, "
              "sum(cast(a as decimal(38, 16))) as value from (values (0.1), (0.2)) as amounts (a)"),
        W,
    )  # fmt: skip
    assert result.status.iloc[0] == "met"
