"""Results kept in the warehouse file that they are about, in the schema `checks`.

A file that is built anew has none, so the results of an earlier build never count for a later one; and they are as
whole as the file is. What belongs here: writing, reading and voiding them. What doesn't: what follows from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import duckdb

from .checks import Severity, Suite
from .results import CheckResult

COLUMNS = {
    "check_id": "varchar",
    "suite": "varchar",
    "table": "varchar",
    "severity": "varchar",
    "passed": "boolean",
    "observed": "double",
    "observed_text": "varchar",
    "threshold": "double",
    "threshold_text": "varchar",
    "failing": "bigint",
    "checked": "bigint",
    "sample": "varchar[]",
    "sentence": "varchar",
    "problem": "varchar",
}


def write_results(warehouse: Path, results: Sequence[CheckResult]) -> None:
    """Keep results in the place of earlier ones of the same suites: all or nothing, and on the disk."""
    assert list(COLUMNS) == [field.name for field in fields(CheckResult)]
    columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    with duckdb.connect(warehouse) as connection:
        connection.begin()
        connection.execute("create schema if not exists checks")
        connection.execute(f"create table if not exists checks.results ({columns})")
        _delete(connection, {result.suite for result in results})
        connection.executemany(
            f"insert into checks.results values ({', '.join('?' * len(COLUMNS))})",
            [[*asdict(result).values()] for result in results],
        )
        connection.commit()
        connection.execute("checkpoint")


def void_results(warehouse: Path, suites: Iterable[Suite]) -> None:
    """Forget the results of suites: to be called before the tables that they look at are changed."""
    with duckdb.connect(warehouse) as connection:
        if _has_results(connection):
            _delete(connection, {suite.name for suite in suites})
            connection.execute("checkpoint")


def read_results(warehouse: Path) -> list[CheckResult]:
    """The results that are kept of this file, in the order in which they were written; none of a file without any."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        rows = (
            connection.execute("select * from checks.results order by rowid").fetchall()
            if _has_results(connection)
            else []
        )
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return [
        CheckResult(**{**row, "severity": Severity(row["severity"]), "sample": tuple(row["sample"])})
        for row in found
    ]


def _has_results(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() where schema_name = 'checks' and table_name = 'results'"
    )
    return found.fetchall() == [(1,)]


def _delete(connection: duckdb.DuckDBPyConnection, suites: Iterable[str]) -> None:
    connection.execute("delete from checks.results where list_contains($1, suite)", [sorted(suites)])
