"""Names of files and of columns."""

from __future__ import annotations

from datetime import date

import pytest

from dagster_project.column_names import loose_name
from dagster_project.extracts.landing import ExtractName, is_ignored, parse_name, printable


@pytest.mark.parametrize(
    ("file_name", "extract_date", "part", "file_format"),
    [
        ("2026-01-05.csv", date(2026, 1, 5), None, "csv"),
        ("2026-01-05.jsonl.gz", date(2026, 1, 5), None, "jsonl.gz"),
        ("2026-01-05.p-1_b.parquet", date(2026, 1, 5), "p-1_b", "parquet"),
        ("2026-01-05.csv.csv", date(2026, 1, 5), "csv", "csv"),
        ("2026-01-05.part.csv", date(2026, 1, 5), "part", "csv"),
        ("2024-02-29.e\u0301.csv.gz", date(2024, 2, 29), "\u00e9", "csv.gz"),
    ],
)
def test_a_name_says_date_part_and_format(
    file_name: str, extract_date: date, part: str | None, file_format: str
) -> None:
    assert parse_name(file_name) == ExtractName(extract_date, part, file_format)


@pytest.mark.parametrize(
    "file_name",
    [
        *("2026-01-05", "2026-01-05.txt", "2026-01-05.csv.zip", "2026-01-05.parquet.gz", "2026-01-05.CSV"),
        *("2026-02-30.csv", "2026-1-5.csv", "20260105.csv", " 2026-01-05.csv", "2026-01-05.csv "),
        *(
            "2026-01-05..csv",
            "2026-01-05.a.b.csv",
            "2026-01-05.../csv",
            "2026-01-05.a\n.csv",
            "٢٠٢٦-01-05.csv",
        ),
    ],
)
def test_a_name_of_no_known_form_says_nothing(file_name: str) -> None:
    assert parse_name(file_name) is None


def test_a_writers_own_files_are_ignored() -> None:
    assert all(is_ignored(name) for name in (".x", "_x", "2026-01-05.csv.tmp", "2026-01-05.csv.part"))
    assert not any(is_ignored(name) for name in ("2026-01-05.csv", "x_", "2026-01-05.tmp.csv"))


def test_names_are_shown_without_control_characters() -> None:
    assert printable("a\x1b[31mñ\n\udcff") == "a\\x1b[31mñ\\n\\udcff"


def test_all_spellings_of_a_column_are_one() -> None:
    spellings = [
        "CreatedDate",
        "created_date",
        "property_createddate",
        "PROPERTY_Created_Date",
        " createddate ",
    ]
    assert {loose_name(spelling) for spelling in spellings} == {"createddate"}
    assert loose_name("hs_v2_date") == "hsv2date"
    assert loose_name("AÑO") == loose_name("an\u0303o") == "año"
    assert loose_name("propertyvalue") == "propertyvalue"  # only the prefix with its underscore is a loader's
