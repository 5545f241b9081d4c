"""What failed in a dbt run, said with the keys of the first rows that show it."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.contact_details import without_contact_details
from dagster_project.warehouse.quoting import quoted

SHOWN_ROWS = 3
SPARK_DETAILS = re.compile(r"\n\s*(?:== SQL|JVM stacktrace|'[A-Z]|\+-|at [a-z]+\.)")
SHOWN_FAILURES = 10
FAILED = ("error", "fail", "runtime error")
# Columns that may be shown: ids, places in time, and what a generic test calls the value it looked at.
KEY_SUFFIXES = ("_id", "_at", "_date")
KEY_COLUMNS = {
    "cycle",
    "period",
    "obligation",
    "model",
    "version",
    "contract_version",
    "n_records",
    "unique_field",
}
PERSONAL = ("email", "name", "phone")
# What DuckDB says of a full disk, a file that is no database any more, or blocks that aren't what was written.
FILE_ERRORS = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
)


def expect_not_killed(status: int) -> None:
    """Raises MemoryError where dbt's process, which ended with this status, was killed."""
    if status == -signal.SIGKILL:
        raise MemoryError("dbt was killed, which a system does that has none left.")


def is_of_parquet(error: BaseException) -> bool:
    """Whether an error is about a Parquet file that isn't what was written."""
    return isinstance(error, duckdb.Error) and ".parquet" in str(error)


def is_of_a_file(error: BaseException) -> bool:
    """Whether an error is about a database file: a damaged one, or one for which there is no room.

    A block whose checksum is wrong is of no kind of its own; an error in a query is.
    """
    return type(error) is duckdb.Error or isinstance(error, FILE_ERRORS)


def failed_nodes(target: Path, warehouse: Path, compiled: Mapping[str, Any] | None = None) -> str | None:
    """One paragraph for each model or test that failed in the run whose results lie in `target`; None if none did.

    A failed test is named with its number of failing rows and the keys of the first of them, which its query finds in
    the warehouse once more; `compiled` is the manifest with the tests' queries where what dbt ran was another engine's.
    Never anything personal.
    """
    results_file = target / "run_results.json"
    manifest_file = target / "manifest.json"
    if not results_file.exists() or not manifest_file.exists():
        return None
    results = json.loads(results_file.read_text(encoding="utf-8"))["results"]
    nodes = json.loads(manifest_file.read_text(encoding="utf-8"))["nodes"]
    failed = [result for result in results if result["status"] in FAILED]
    if not failed:
        return None
    if compiled:
        queries = {key: node.get("compiled_code") for key, node in compiled["nodes"].items()}
        failed = [{**result, "compiled_code": queries.get(result["unique_id"])} for result in failed]
    told = [_told(result, nodes[result["unique_id"]], warehouse) for result in failed[:SHOWN_FAILURES]]
    if len(failed) > SHOWN_FAILURES:
        told.append(f"… and {len(failed) - SHOWN_FAILURES} more.")
    return "\n\n".join(told)


def _told(result: dict[str, Any], node: dict[str, Any], warehouse: Path) -> str:
    kind, place = node["resource_type"], node["original_file_path"]
    if kind != "test" or result["status"] != "fail":
        return f"The {kind} {node['name']} ({place}) could not be run:\n{_without_calls(result['message'])}"
    meaning = f" {node['description']}" if node.get("description") else ""
    rows = _first_rows(result.get("compiled_code") or "", warehouse)
    shown = "".join(f"\n  {row}" for row in rows)
    return f"The check {node['name']} ({place}) found {result['failures']} failing rows.{meaning}{shown}"


def _first_rows(query: str, warehouse: Path) -> list[str]:
    """The keys of the first rows that a test's query finds; nothing when it can't be asked."""
    try:
        with duckdb.connect(warehouse, read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            columns = [row[0] for row in connection.execute(f"describe {query}").fetchall()]
            keys = [column for column in columns if _is_key(column)]
            if not keys:
                return []
            listed = ", ".join(quoted(column) for column in keys)
            rows = connection.execute(
                f"select {listed} from ({query}) as found order by all limit {SHOWN_ROWS}"
            ).fetchall()
    except duckdb.Error:
        return []
    return [
        ", ".join(
            f"{key} {without_contact_details(str(value))}" for key, value in zip(keys, row, strict=True)
        )
        for row in rows
    ]


def _is_key(column: str) -> bool:
    return (column in KEY_COLUMNS or column.endswith(KEY_SUFFIXES)) and not any(
        word in column for word in PERSONAL
    )


def _without_calls(message: str) -> str:
    """dbt's words without the macros that it went through, which are the same for every error of a kind, without the
    query, plan and stack that Spark adds, and without an address that an error quotes."""
    said = SPARK_DETAILS.split(message, maxsplit=1)[0]
    lines = (line for line in said.splitlines() if not line.strip().startswith(">"))
    return without_contact_details("\n".join(lines)).rstrip()
