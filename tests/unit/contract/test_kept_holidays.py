"""Holidays are kept when a signed version is first used; a library that changes its mind is reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from dagster_project.contract import ContractErrors, calendar_tables, holiday_dates

ContractsOf = Callable[..., Any]
IN_SPAIN = "{monday: [09:00-17:00], tuesday: [09:00-17:00], thursday: [09:00-17:00], holidays: {country: ES}}"
THROUGH = datetime(2026, 3, 10)


def is_business_day(tables: Any, day: date) -> bool:
    rows = tables["local_days"].to_pylist()
    return bool(next(row["is_business_day"] for row in rows if row["local_date"] == day))


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the holidays library give other dates."""

    def give(*days: date) -> None:
        def library_holidays(*_: Any) -> set[date]:
            return set(days)

        monkeypatch.setattr(holiday_dates, "library_holidays", library_holidays)

    return give


def test_the_first_use_keeps_the_dates_of_the_whole_calendar(
    contracts_of: ContractsOf, tmp_path: Path
) -> None:
    calendar_tables(contracts_of(IN_SPAIN), THROUGH, tmp_path / "holidays")
    [file] = (tmp_path / "holidays").iterdir()
    assert file.name == "sample-v1-ES.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert (kept["country"], kept["from_year"], kept["to_year"]) == ("ES", 2025, 2101)
    assert {"2026-01-01", "2026-01-06", "2026-12-25", "2100-12-25"} <= set(kept["dates"])


def test_a_library_that_gives_other_dates_changes_nothing_and_is_reported(
    contracts_of: ContractsOf, tmp_path: Path, library: Callable[..., None]
) -> None:
    contracts = contracts_of(IN_SPAIN)
    library(date(2026, 1, 1), date(2026, 1, 6))
    before = calendar_tables(contracts, THROUGH, tmp_path)
    library(date(2026, 1, 1), date(2026, 1, 13))
    after = calendar_tables(contracts, THROUGH, tmp_path)
    assert after["local_days"].equals(before["local_days"])
    assert after["business_intervals"].equals(before["business_intervals"])
    assert before["holiday_findings"].num_rows == 0
    finding = {"version": 1, "country": "ES", "subdivision": None}
    assert after["holiday_findings"].to_pylist() == [
        {**finding, "holiday_date": date(2026, 1, 6), "is_kept": True},
        {**finding, "holiday_date": date(2026, 1, 13), "is_kept": False},
    ]


def test_a_difference_beyond_the_calendar_is_not_reported_yet(
    contracts_of: ContractsOf, tmp_path: Path, library: Callable[..., None]
) -> None:
    library(date(2026, 1, 1))
    calendar_tables(contracts_of(IN_SPAIN), THROUGH, tmp_path)
    library(date(2026, 1, 1), date(2080, 1, 8))
    assert calendar_tables(contracts_of(IN_SPAIN), THROUGH, tmp_path)["holiday_findings"].num_rows == 0


def test_without_a_folder_the_library_is_asked_each_time(
    contracts_of: ContractsOf, library: Callable[..., None]
) -> None:
    for holiday in (date(2026, 1, 5), date(2026, 1, 6)):
        library(holiday)
        tables = calendar_tables(contracts_of(IN_SPAIN), THROUGH, None)
        assert not is_business_day(tables, holiday)
    assert is_business_day(tables, date(2026, 1, 5))


def test_added_and_removed_days_are_the_contracts_and_are_not_kept(
    contracts_of: ContractsOf, tmp_path: Path
) -> None:
    calendar_tables(contracts_of(IN_SPAIN), THROUGH, tmp_path)
    edited = IN_SPAIN.replace("country: ES", "country: ES, add: [2026-01-05], remove: [2026-01-06]")
    tables = calendar_tables(contracts_of(edited), THROUGH, tmp_path)
    assert not is_business_day(tables, date(2026, 1, 5))
    assert is_business_day(tables, date(2026, 1, 6))


def test_a_version_of_another_country_has_its_own_file(contracts_of: ContractsOf, tmp_path: Path) -> None:
    in_bavaria = IN_SPAIN.replace("country: ES", "country: DE, subdivision: BY")
    calendar_tables(contracts_of(IN_SPAIN, in_bavaria), THROUGH, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["sample-v1-ES.json", "sample-v2-DE-BY.json"]


def test_earlier_years_are_added_when_the_calendar_comes_to_begin_earlier(
    contracts_of: ContractsOf, tmp_path: Path, library: Callable[..., None]
) -> None:
    library(date(2024, 12, 31), date(2026, 1, 1), date(2026, 1, 6))
    calendar_tables(contracts_of(IN_SPAIN, start="2026-02-01"), THROUGH, tmp_path)
    # The table then begins with 2024-12: that year is the library's, 2026 stays as kept.
    library(date(2024, 12, 26), date(2026, 1, 13))
    tables = calendar_tables(contracts_of(IN_SPAIN, start="2025-01-01"), THROUGH, tmp_path)
    assert not is_business_day(tables, date(2024, 12, 26))
    assert not is_business_day(tables, date(2026, 1, 6))
    assert is_business_day(tables, date(2026, 1, 13))


def test_a_drafts_holidays_are_not_kept(contracts_of: ContractsOf, tmp_path: Path) -> None:
    contracts = contracts_of(IN_SPAIN)
    draft = contracts.versions[0].model_copy(update={"signed_by": []})
    tables = calendar_tables(replace(contracts, versions=(draft,)), THROUGH, tmp_path)
    assert not is_business_day(tables, date(2026, 1, 6))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_named_with_what_to_do(contracts_of: ContractsOf, tmp_path: Path) -> None:
    (tmp_path / "sample-v1-ES.json").write_text('{"from_year": 2025', encoding="utf-8")
    with pytest.raises(ContractErrors) as caught:
        calendar_tables(contracts_of(IN_SPAIN), THROUGH, tmp_path)
    assert "sample-v1-ES.json" in str(caught.value)
    assert "restore it from a backup" in str(caught.value)
