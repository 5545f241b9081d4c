"""Causes as far as deliveries and documents tell them; what records tell is in the scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from dagster_project.decisions.causes import CAUSES, Evidence, Explained, explain, is_replayed
from dagster_project.decisions.deliveries import DELIVERY_SCHEMA
from dagster_project.decisions.history import Publication
from tests.unit.decisions.delivery_rows import a_delivery

PUBLICATION = Publication(2, "run2", datetime(2026, 4, 2, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), {})
RESTATED = {
    "period": date(2026, 1, 1),
    "commitment_id": "volume",
    "owner": "marketing",
    "metric": "mqls_delivered",
    "old_target": Decimal(2),
    "new_target": Decimal(2),
    "old_comparison": "at_least",
    "new_comparison": "at_least",
    "old_contract_version": 1,
    "new_contract_version": 1,
    "old_actual": 2.0,
    "new_actual": 1.0,
    "old_status": "met",
    "new_status": "missed",
}
DELIVERY = a_delivery()


def deliveries(*changes: Mapping[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([{**DELIVERY, **change} for change in changes], schema=DELIVERY_SCHEMA)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def explained(
    connection: duckdb.DuckDBPyConnection,
    then: pa.Table,
    now: pa.Table,
    documents: tuple[dict[str, str], dict[str, str]] = ({}, {}),
    **restated: Any,
) -> Explained:
    """What is told where the earlier publication can't be built again."""
    evidence = Evidence(
        then, now, *documents, {"mqls_delivered": ("mqls_delivered",)}, compares_records=False
    )
    return explain(connection, pa.Table.from_pylist([RESTATED | restated]), evidence, PUBLICATION)


@pytest.mark.parametrize(
    ("then", "now", "causes"),
    [
        # a new day's delivery, and nothing else
        ([{}], [{}, {"extract_date": date(2026, 3, 2)}], "late record"),
        ([{}], [{"delivery": 2, "sha256": "b" * 64}], "re-delivery"),
        # what replaced it was refused: it is in force no more
        ([{}], [], "re-delivery"),
        ([{}, {"part": "a"}], [{}, {"part": "a", "delivery": 2}], "re-delivery"),
        # the same delivery holds less than it did
        ([{}], [{"sha256": "b" * 64}], "erasure"),
        # the same bytes are read otherwise
        ([{}], [{"reading": 2}], "settings"),
        ([{}, {"part": "a"}], [{"reading": 2}, {"part": "a", "sha256": "b" * 64}], "erasure, settings"),
    ],
)
def test_deliveries_tell_a_cause(
    connection: duckdb.DuckDBPyConnection, then: list[dict[str, Any]], now: list[dict[str, Any]], causes: str
) -> None:
    (row,) = explained(connection, deliveries(*then), deliveries(*now)).restatements.to_pylist()
    assert row["causes"] == causes
    assert row["cause"] == causes.split(", ")[0]
    assert (row["old_actual"], row["new_actual"]) == (2, 1)
    assert (row["published_at"], row["run_id"]) == (PUBLICATION.published_at, "run2")


def test_a_changed_document_is_named(connection: duckdb.DuckDBPyConnection) -> None:
    then, now = {"sources.yml": "1", "contracts/v1.yml": "1"}, {"sources.yml": "2", "contracts/v1.yml": "1"}
    result = explained(connection, deliveries({}), deliveries({}), (then, now | {"contracts/v2.yml": "3"}))
    (row,) = result.restatements.to_pylist()
    assert (row["causes"], row["record_count"]) == ("settings", 2)
    assert row["records"] == "settings contracts/v2.yml, settings sources.yml"
    assert [(each["object"], each["record_id"]) for each in result.records.to_pylist()] == [
        ("settings", "contracts/v2.yml"),
        ("settings", "sources.yml"),
    ]


@pytest.mark.parametrize(
    "terms",
    [
        {"new_target": Decimal(3)},
        {"new_target": None, "new_comparison": None, "new_status": None},
        {"new_comparison": "at_most"},
        {"new_contract_version": 2},
    ],
)
def test_other_terms_of_the_commitment_are_a_matter_of_the_settings(
    connection: duckdb.DuckDBPyConnection, terms: dict[str, Any]
) -> None:
    (row,) = explained(connection, deliveries({}), deliveries({}), **terms).restatements.to_pylist()
    assert row["cause"] == "settings"


def test_without_restated_figures_nothing_is_looked_at(connection: duckdb.DuckDBPyConnection) -> None:
    evidence = Evidence(deliveries(), deliveries(), {}, {}, {})
    result = explain(connection, pa.Table.from_pylist([RESTATED]).slice(0, 0), evidence, PUBLICATION)
    assert (result.restatements.num_rows, result.records.num_rows) == (0, 0)


def test_the_causes_are_those_of_the_agreement() -> None:
    assert set(CAUSES) == {
        "late record", "correction", "re-delivery", "deletion", "merge", "erasure", "user", "settings",
    }  # fmt: skip


def test_records_are_compared_by_staging_people_and_meetings() -> None:
    assert is_replayed("staging", "stg_touches")
    assert is_replayed("intermediate", "int_people_leads")
    assert not is_replayed("intermediate", "int_mqls")
    assert not is_replayed("marts", "fct_mqls")
