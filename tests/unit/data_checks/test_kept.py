"""Results are kept in the file that they are about: written whole, replaced by suite, gone with the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from data_checks import (
    ALL_SUITES,
    GATES,
    CheckResult,
    Severity,
    read_results,
    reasons_not_to_publish,
    suites_from,
    void_results,
    write_results,
)


def result(check_id: str, suite: str, passed: bool = True) -> CheckResult:
    return CheckResult(
        check_id, suite, "t", Severity.ERROR, passed, 0.5, "half", 0.1, "a tenth", 1, 2, ("a b",), "S.", None
    )


def results_of_all() -> list[CheckResult]:
    return [result(check.id, suite.name) for suite in ALL_SUITES for check in suite.checks]


def a_warehouse(path: Path) -> Path:
    with duckdb.connect(path) as connection:
        connection.execute("create table t as select 1 as one")
    return path


def test_results_are_kept_as_they_are(tmp_path: Path) -> None:
    warehouse = a_warehouse(tmp_path / "warehouse.duckdb")
    assert read_results(warehouse) == []
    results = [
        result("a", "s"),
        replace(
            result("ü", "s", False), observed=None, failing=None, checked=None, problem="Zażółć", sample=()
        ),
    ]
    write_results(warehouse, results)
    assert read_results(warehouse) == results
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]  # nothing waits in a WAL


def test_a_suite_that_is_run_again_has_its_new_results_only(tmp_path: Path) -> None:
    warehouse = a_warehouse(tmp_path / "warehouse.duckdb")
    write_results(warehouse, [result("a", "s"), result("b", "s"), result("c", "t")])
    write_results(warehouse, [result("a", "s", passed=False)])
    assert [(each.check_id, each.passed) for each in read_results(warehouse)] == [("c", True), ("a", False)]


def test_what_was_voided_has_not_been_run(tmp_path: Path) -> None:
    warehouse = a_warehouse(tmp_path / "warehouse.duckdb")
    void_results(warehouse, ALL_SUITES)  # there are none yet
    write_results(warehouse, results_of_all())
    assert reasons_not_to_publish(read_results(warehouse), ALL_SUITES) == []
    void_results(warehouse, GATES["raw"][:1])
    ids = [check.id for check in GATES["raw"][0].checks]
    assert reasons_not_to_publish(read_results(warehouse), ALL_SUITES) == [
        (
            f"Not run for these tables as they are now: {', '.join(ids[:5])} and {len(ids) - 5} more. "
            "Run the data checks again."
        )
    ]


def test_a_file_that_is_built_anew_has_no_results_of_the_earlier_one(tmp_path: Path) -> None:
    warehouse = a_warehouse(tmp_path / "warehouse.duckdb")
    write_results(warehouse, results_of_all())
    warehouse.unlink()
    a_warehouse(warehouse)
    (reason,) = reasons_not_to_publish(read_results(warehouse), ALL_SUITES)
    assert f"and {len(results_of_all()) - 5} more" in reason


def test_what_rests_on_changed_tables_has_to_be_checked_again() -> None:
    assert suites_from("raw") == list(ALL_SUITES)
    assert suites_from("findings") == list(GATES["findings"])
