"""Findings as rows: one per finding, source and object, with nothing personal in their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dagster_project.findings import Found, data_quality_table, quarantine_table

REFUSED = Found("refused_file", "crm", "leads", 1, None, "error", "2026-01-02.csv was refused: it is empty.")


def rows(*findings: Found) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = data_quality_table(findings).to_pylist()
    return table


def test_findings_of_one_kind_and_object_are_one_row_with_the_first_of_them_told() -> None:
    files = [replace(REFUSED, meaning=f"File {number} was refused.") for number in range(1, 6)]
    (row,) = rows(*files)
    assert (row["finding"], row["source"], row["object"], row["count"]) == ("refused_file", "crm", "leads", 5)
    assert row["meaning"] == "File 1 was refused. File 2 was refused. File 3 was refused. And 2 more."


def test_the_worst_severity_of_a_kind_counts() -> None:
    (row,) = rows(replace(REFUSED, severity="note"), replace(REFUSED, severity="warning"))
    assert row["severity"] == "warning"


def test_a_share_is_of_all_that_was_looked_at_and_null_where_that_is_unknown_or_nothing() -> None:
    counted = replace(REFUSED, count=3, looked_at=10)
    assert rows(counted)[0]["share"] == 0.3
    assert rows(counted, replace(counted, count=1, looked_at=6))[0]["share"] == 4 / 16
    assert rows(counted, REFUSED)[0]["share"] is None
    assert rows(replace(counted, count=0, looked_at=0))[0]["share"] is None


def test_rows_come_in_the_order_of_their_key_whatever_the_order_of_the_findings() -> None:
    findings = [replace(REFUSED, object="users"), replace(REFUSED, finding="drift"), REFUSED]
    assert [(row["finding"], row["object"]) for row in rows(*findings)] == [
        ("drift", "leads"),
        ("refused_file", "leads"),
        ("refused_file", "users"),
    ]
    assert rows(*findings) == rows(*reversed(findings))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ana.torres@acme.example.csv was refused", "(hidden) was refused"),
        ("call +52 55 1234 5678.", "call (hidden)."),
        ("call 55 1234 5678", "call (hidden)"),
        ('"5d1c0a70-0000-4000-8000-000000000001": pricing', None),
        ("2026-01-02.csv: 1,234 rows of 2026-01-02 to 2026-01-05", None),
        ("lead 0055g00000ABCDE of 1767225600000", None),
    ],
)
def test_what_looks_like_an_address_or_a_phone_number_is_hidden(said: str, shown: str | None) -> None:
    (row,) = rows(replace(REFUSED, meaning=said, source=said))
    assert (row["meaning"], row["source"]) == (shown or said, shown or said)


def test_an_empty_quarantine_is_an_empty_table_of_the_same_columns() -> None:
    row = ("crm", "leads", date(2026, 1, 2), "ragged_row", 3)
    assert quarantine_table([]).schema == quarantine_table([row]).schema
    assert quarantine_table([row]).to_pylist() == [
        {
            "source": "crm",
            "object": "leads",
            "extract_date": date(2026, 1, 2),
            "reason": "ragged_row",
            "rows": 3,
        }
    ]
