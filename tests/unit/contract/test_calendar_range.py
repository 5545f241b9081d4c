"""From when until when the calendar reaches, and what it says of periods and versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from dagster_project.contract import calendar_tables
from dagster_project.contract.schema import NoContact

ContractsOf = Callable[..., Any]
MONDAYS = "{monday: [09:00-17:00]}"
WEEKDAYS = (
    "{monday: [09:00-17:00], tuesday: [09:00-17:00], wednesday: [09:00-17:00], thursday: [09:00-17:00]}"
)


def dates(tables: Any, version: int = 1) -> list[date]:
    return [row["local_date"] for row in tables["local_days"].to_pylist() if row["version"] == version]


def test_the_calendar_begins_a_month_before_the_first_version(contracts_of: ContractsOf) -> None:
    contracts = contracts_of(WEEKDAYS, start="2026-03-01")
    assert dates(calendar_tables(contracts, datetime(2026, 5, 10), None))[0] == date(2026, 2, 1)


def test_the_calendar_ends_with_the_month_after_the_latest_data(contracts_of: ContractsOf) -> None:
    contracts = contracts_of(WEEKDAYS)
    assert dates(calendar_tables(contracts, datetime(2026, 5, 10), None))[-1] == date(2026, 6, 30)


def test_the_end_of_the_month_is_that_of_the_local_date(contracts_of: ContractsOf) -> None:
    # 31 May 20:00 UTC is 1 June in Kathmandu: the month after is July.
    contracts = contracts_of(WEEKDAYS, timezone="Asia/Kathmandu")
    assert dates(calendar_tables(contracts, datetime(2026, 5, 31, 20), None))[-1] == date(2026, 7, 31)


def test_every_version_has_the_same_days(contracts_of: ContractsOf) -> None:
    tables = calendar_tables(contracts_of(WEEKDAYS, MONDAYS), datetime(2026, 5, 10), None)
    assert dates(tables, 1) == dates(tables, 2)
    assert dates(tables, 1)[0] == date(2025, 12, 1)


def test_each_version_has_its_own_hours_and_count(contracts_of: ContractsOf) -> None:
    tables = calendar_tables(contracts_of(WEEKDAYS, MONDAYS), datetime(2026, 5, 10), None)
    of_day = {
        row["version"]: row["business_days_through"]
        for row in tables["local_days"].to_pylist()
        if row["local_date"] == date(2025, 12, 8)
    }
    # From Monday 2025-12-01 to Monday the 8th: Mon, Tue, Wed, Thu and Mon; or two Mondays.
    assert of_day == {1: 5, 2: 2}
    first = next(row for row in tables["business_intervals"].to_pylist() if row["version"] == 2)
    assert first["business_microseconds_before"] == 0


def test_periods_are_the_months_between_local_midnights(contracts_of: ContractsOf) -> None:
    tables = calendar_tables(contracts_of(WEEKDAYS, start="2026-03-01"), datetime(2026, 3, 10), None)
    periods = tables["periods"].to_pylist()
    assert [row["period"] for row in periods] == [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]
    # Madrid: midnight is 23:00 UTC the day before in winter, 22:00 from 29 March on.
    assert periods[1]["starts_at"] == datetime(2026, 2, 28, 23)
    assert periods[1]["ends_at"] == periods[2]["starts_at"] == datetime(2026, 3, 31, 22)


def with_promise(contracts: Any, **follow_up: Any) -> Any:
    """The same contract with another follow-up."""
    version = contracts.versions[0]
    changed = version.model_copy(update={"follow_up": version.follow_up.model_copy(update=follow_up)})
    return replace(contracts, versions=(changed,))


def test_the_longest_promise_is_walked_out(contracts_of: ContractsOf) -> None:
    # 400 h at 8 h a Monday take 50 Mondays after 2026-05-10, the last being 2027-04-19; used up at closing
    # time, the promise falls due at the next opening, 2027-04-26, which is in the calendar.
    contracts = with_promise(contracts_of(MONDAYS), disposition_within_business_hours=400)
    assert dates(calendar_tables(contracts, datetime(2026, 5, 10), None))[-1] >= date(2027, 4, 26)


def test_business_days_are_walked_out(contracts_of: ContractsOf) -> None:
    # 30 Mondays after 2026-05-10: the last is 2026-11-30.
    contracts = with_promise(
        contracts_of(MONDAYS), no_contact=NoContact(after_attempts=1, recycle_within_business_days=30)
    )
    assert dates(calendar_tables(contracts, datetime(2026, 5, 10), None))[-1] >= date(2026, 11, 30)


def test_long_closures_are_walked_over(contracts_of: ContractsOf) -> None:
    # All Mondays of 2026 but the first are closed: the second business day after 2026-05-10 is in 2027.
    closed = ", ".join(
        date.fromordinal(day).isoformat()
        for day in range(date(2026, 1, 12).toordinal(), date(2027, 1, 1).toordinal(), 7)
    )
    contracts = contracts_of(f"{{monday: [09:00-17:00], holidays: {{add: [{closed}]}}}}")
    assert dates(calendar_tables(contracts, datetime(2026, 5, 10), None))[-1] >= date(2027, 1, 11)


def test_a_promise_without_end_stops_with_2101(contracts_of: ContractsOf) -> None:
    contracts = with_promise(
        contracts_of("{monday: [09:00-09:01]}"), disposition_within_business_hours=10_000
    )
    assert dates(calendar_tables(contracts, datetime(2026, 5, 10), None))[-1] == date(2101, 12, 31)


@pytest.mark.parametrize("complete_through", [datetime(2020, 1, 1), datetime(2100, 12, 31)])
def test_data_far_from_the_contract_still_have_a_calendar(
    contracts_of: ContractsOf, complete_through: datetime
) -> None:
    days = dates(calendar_tables(contracts_of(WEEKDAYS), complete_through, None))
    assert days[0] == date(2025, 12, 1)
    assert days[-1] >= date(2026, 1, 31)


def test_the_tables_have_the_declared_types(contracts_of: ContractsOf) -> None:
    tables = calendar_tables(contracts_of(WEEKDAYS), datetime(2026, 5, 10), None)
    kinds = {name: {field.name: str(field.type) for field in table.schema} for name, table in tables.items()}
    assert kinds["business_intervals"] == {
        "version": "int32",
        "opens_at": "timestamp[us]",
        "closes_at": "timestamp[us]",
        "business_microseconds_before": "int64",
    }
    assert kinds["local_days"] == {
        "version": "int32",
        "local_date": "date32[day]",
        "starts_at": "timestamp[us]",
        "ends_at": "timestamp[us]",
        "is_business_day": "bool",
        "business_days_through": "int32",
    }
    assert kinds["periods"] == {
        "period": "date32[day]",
        "starts_at": "timestamp[us]",
        "ends_at": "timestamp[us]",
    }
