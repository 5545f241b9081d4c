"""What is said about models and checks that failed: which, where, and the keys of the first rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.warehouse.failures import failed_nodes

TEST = {
    "resource_type": "test",
    "name": "assert_every_mql_is_known",
    "original_file_path": "tests/assert_every_mql_is_known.sql",
    "description": "An MQL is of a person.",
}
QUERY = "select * from unknown_mqls"
MODEL = {"resource_type": "model", "name": "fct_mqls", "original_file_path": "models/marts/fct_mqls.sql"}


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            """
            create table unknown_mqls as
            select 'p' || number as person_id, 1 as cycle, 'ana@acme.example' as email, 'Ana' as user_name, 5 as score
            from range(4, 0, -1) as numbers (number)
            """
        )
    return path


def results(target: Path, *outcomes: tuple[str, dict[str, Any], str, str, int | None]) -> Path:
    """Write dbt's artifacts of a run with these nodes: id, node, status, message, failures."""
    target.mkdir()
    (target / "manifest.json").write_text(
        json.dumps({"nodes": {outcome[0]: outcome[1] for outcome in outcomes}})
    )
    rows = [
        {
            "unique_id": key,
            "status": status,
            "message": message,
            "failures": failures,
            "compiled_code": node.get("query", QUERY),
        }
        for key, node, status, message, failures in outcomes
    ]
    (target / "run_results.json").write_text(json.dumps({"results": rows}))
    return target


def test_a_failed_check_is_named_with_its_place_number_and_the_keys_of_the_first_rows(
    warehouse: Path, tmp_path: Path
) -> None:
    target = results(tmp_path / "target", ("test.known", TEST, "fail", "Got 4 results", 4))
    told = failed_nodes(target, warehouse)
    assert told == (
        "The check assert_every_mql_is_known (tests/assert_every_mql_is_known.sql) found 4 failing rows."
        " An MQL is of a person."
        "\n  person_id p1, cycle 1"
        "\n  person_id p2, cycle 1"
        "\n  person_id p3, cycle 1"
    )


def test_nothing_personal_is_shown(warehouse: Path, tmp_path: Path) -> None:
    told = str(failed_nodes(results(tmp_path / "target", ("test.known", TEST, "fail", "", 4)), warehouse))
    assert "ana@acme.example" not in told
    assert "Ana" not in told


def test_an_id_that_is_an_address_and_an_address_that_an_error_quotes_are_not_shown(
    warehouse: Path, tmp_path: Path
) -> None:
    with duckdb.connect(warehouse) as connection:
        connection.execute("update unknown_mqls set person_id = email")
    message = "Conversion Error: Could not convert string 'ana@acme.example' to INT32"
    target = results(
        tmp_path / "target",
        ("test.known", TEST, "fail", "", 4),
        ("model.fct_mqls", MODEL, "error", message, None),
    )
    told = str(failed_nodes(target, warehouse))
    assert "person_id (removed), cycle 1" in told
    assert "Could not convert string (removed)' to INT32" in told
    assert "ana@acme.example" not in told


def test_a_check_that_cannot_be_asked_again_is_named_all_the_same(warehouse: Path, tmp_path: Path) -> None:
    other = TEST | {"name": "other", "query": "select * from gone"}
    told = failed_nodes(results(tmp_path / "target", ("test.other", other, "fail", "", 1)), warehouse)
    assert told is not None
    assert told.startswith("The check other")


def test_a_model_that_could_not_be_built_is_told_in_the_database_s_words(
    warehouse: Path, tmp_path: Path
) -> None:
    message = "Runtime Error in model fct_mqls\n  column persn_id not found\n  \n  > in macro statement\n  > called by"
    target = results(
        tmp_path / "target",
        ("model.fct_mqls", MODEL, "error", message, None),
        ("test.known", TEST, "skipped", "", None),
    )
    assert failed_nodes(target, warehouse) == (
        "The model fct_mqls (models/marts/fct_mqls.sql) could not be run:\n"
        "Runtime Error in model fct_mqls\n  column persn_id not found"
    )


def test_of_many_failures_the_first_ten_are_told_and_the_others_counted(
    warehouse: Path, tmp_path: Path
) -> None:
    outcomes = [(f"model.{number}", MODEL, "error", "no", None) for number in range(12)]
    told = str(failed_nodes(results(tmp_path / "target", *outcomes), warehouse))
    assert told.count("could not be run") == 10
    assert told.endswith("… and 2 more.")


def test_a_run_in_which_nothing_failed_or_that_left_no_results_has_nothing_to_tell(
    warehouse: Path, tmp_path: Path
) -> None:
    target = results(tmp_path / "target", ("test.known", TEST, "pass", "", 0))
    assert failed_nodes(target, warehouse) is None
    assert failed_nodes(tmp_path / "nowhere", warehouse) is None


def test_the_rows_of_a_test_that_ran_elsewhere_are_found_by_the_warehouses_own_query(
    tmp_path: Path, warehouse: Path
) -> None:
    target = results(tmp_path / "target", ("test.a", TEST, "fail", "Got 4 results", 4))
    written = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    written["results"][0]["compiled_code"] = "select * from sla_marts.unknown_mqls"
    (target / "run_results.json").write_text(json.dumps(written), encoding="utf-8")
    assert "person_id" not in str(failed_nodes(target, warehouse))
    told = failed_nodes(target, warehouse, {"nodes": {"test.a": {"compiled_code": QUERY}}})
    assert told is not None
    assert told.endswith("person_id p1, cycle 1\n  person_id p2, cycle 1\n  person_id p3, cycle 1")


def test_of_what_spark_says_the_query_the_plan_and_the_stack_are_left_out(
    tmp_path: Path, warehouse: Path
) -> None:
    said = (
        "Runtime Error in model fct_mqls\n  [UNRESOLVED_COLUMN] A column `x` cannot be resolved.; line 3 pos 2;"
        "\n  'Project ['x]\n  +- Relation"
    )
    target = results(tmp_path / "target", ("model.a", MODEL, "error", said, None))
    told = failed_nodes(target, warehouse)
    assert told is not None
    assert told.endswith("[UNRESOLVED_COLUMN] A column `x` cannot be resolved.; line 3 pos 2;")
