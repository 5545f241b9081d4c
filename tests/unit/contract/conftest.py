"""A sample contract to edit, and plain readings of the calendar's tables."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dagster_project.contract import (
    ContractErrors,
    Contracts,
    calendar_tables,
    load_contracts,
)
from dagster_project.strict_yaml import Problem

CONTRACT = """\
contract: sample
version: 1
effective_from: 2026-01-01
timezone: America/Mexico_City
currency: MXN
language: es
signed_by:
  - {department: marketing, name: Mara Prueba, role: CMO, signed_on: 2025-12-18}
  - {department: sales, name: Saul Ensayo, role: VP Sales, signed_on: 2025-12-19}
business_hours:
  monday: ["09:00-14:00", "15:00-18:00"]
  tuesday: ["09:00-17:00"]
  holidays: {country: MX, subdivision: null, add: [2026-12-24], remove: [2026-02-02]}
mql:
  basis: scored
  threshold: 60
  required:
    - {attribute: country, one_of: [MX, CO, CL]}
  fit:
    - {id: decision-maker, attribute: job_title, has_phrase: [director, gerente general], points: 20}
    - {id: can-invest, attribute: annual_budget, at_least: 250000, at_most: 9000000.50, points: 15}
  engagement:
    - {id: any-touch, points: 1.25, max_count: 10, window_days: 90}
    - {id: sales-content, touch_type: [content_download], content_type: [pricing, case_study], points: 15}
  requalify_after_days: 30
handoff:
  triggers:
    - {id: asked, touch_type: [info_request], at_least: 1}
    - {id: many, at_least: 8}
  within_business_hours: 4
lead_statuses:
  accepted: [Working, Accepted]
  rejected: [Rejected]
  recycled: [Nurture]
  qualified: [Qualified]
follow_up:
  first_attempt_within_business_hours: 0.5
  cadence:
    - {activity: [call], at_least: 3, within_business_days: 5}
    - {within_business_days: 6}
  disposition_within_business_hours: 24
  no_contact: {after_attempts: 5, recycle_within_business_days: 3}
sql: {all_of: [accepted, meeting_confirmed], within_days: 45}
opportunity: {within_days: 60}
customer: {within_days: 180}
capacity:
  per_rep: {min: 10, max: 30}
  overrides: [{rep: "0055g00000ABCDE", min: 5, max: 12}]
plan:
  revenue_goal: {default: 4000000, 2026-03: 4500000}
  marketing_budget: {default: 350000}
  lookback_periods: 6
commitments:
  - {id: mql-volume, owner: marketing, metric: mqls_delivered, at_least: {default: 300, 2026-02: 320}}
  - {id: on-time, owner: marketing, metric: handoff_on_time_rate, at_least: 0.455}
  - {id: cost, owner: marketing, metric: cost_per_mql, at_most: 1200}
"""

SMALLEST = """\
contract: sample
version: {version}
effective_from: {effective_from}
timezone: {timezone}
currency: EUR
signed_by:
  - {{department: marketing, name: Mara Prueba, signed_on: 2020-01-01}}
  - {{department: sales, name: Saul Ensayo, signed_on: 2020-01-02}}
business_hours: {business_hours}
mql: {{basis: declared}}
"""

OFFICE_HOURS = (
    "{monday: [09:00-17:00], tuesday: [09:00-17:00], wednesday: [09:00-17:00], "
    "thursday: [09:00-17:00], friday: [09:00-17:00]}"
)


@pytest.fixture(scope="session")
def contract_text() -> str:
    """A valid version that uses every block."""
    return CONTRACT


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Contracts]:
    """Load texts as the versions v1.yml, v2.yml, … of one folder."""

    def load_texts(*texts: str) -> Contracts:
        for place, text in enumerate(texts, start=1):
            (tmp_path / f"v{place}.yml").write_text(text, encoding="utf-8")
        return load_contracts(tmp_path)

    return load_texts


@pytest.fixture
def problems(load: Callable[..., Contracts]) -> Callable[..., list[Problem]]:
    """What is wrong with texts, file names without their folder."""

    def problems_of(*texts: str) -> list[Problem]:
        with pytest.raises(ContractErrors) as caught:
            load(*texts)
        return [problem.in_file(Path(problem.file).name) for problem in caught.value.problems]

    return problems_of


@dataclass(frozen=True)
class Calendar:
    """The tables of one version, read as their documentation says."""

    intervals: list[dict[str, Any]]
    days: list[dict[str, Any]]

    def elapsed(self, instant: datetime) -> timedelta:
        """Business time from the table's start to an instant."""
        place = bisect_right([row["opens_at"] for row in self.intervals], instant) - 1
        if place < 0:
            return timedelta()
        row = self.intervals[place]
        open_time: timedelta = min(instant, row["closes_at"]) - row["opens_at"]
        return timedelta(microseconds=row["business_microseconds_before"]) + open_time

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(self.elapsed(end) - self.elapsed(start), timedelta())

    def due_after_hours(self, start: datetime, hours: float) -> datetime:
        target = self.elapsed(start) + timedelta(hours=hours)
        before = [timedelta(microseconds=row["business_microseconds_before"]) for row in self.intervals]
        place = bisect_right(before, target) - 1
        row = self.intervals[place]
        due: datetime = row["opens_at"] + (target - before[place])
        assert due <= row["closes_at"], "the promise leaves the calendar"
        return due

    def due_after_days(self, start: datetime, days: int) -> datetime:
        today = next(row for row in self.days if row["starts_at"] <= start < row["ends_at"])
        wanted = today["business_days_through"] + days
        due: datetime = next(row["ends_at"] for row in self.days if row["business_days_through"] == wanted)
        return due

    def day(self, day: date) -> dict[str, Any]:
        return next(row for row in self.days if row["local_date"] == day)


def read_calendar(tables: dict[str, pa.Table], version: int = 1) -> Calendar:
    def rows(name: str) -> list[dict[str, Any]]:
        return [row for row in tables[name].to_pylist() if row["version"] == version]

    return Calendar(rows("business_intervals"), rows("local_days"))


@pytest.fixture(scope="session")
def contracts_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Contracts]:
    """Small signed contracts that differ in their hours: one text of `business_hours` a version."""

    def make(*business_hours: str, timezone: str = "Europe/Madrid", start: str = "2026-01-01") -> Contracts:
        folder = tmp_path_factory.mktemp("contracts")
        first = date.fromisoformat(start)
        for version, hours in enumerate(business_hours, start=1):
            month = first.month - 1 + version - 1
            text = SMALLEST.format(
                version=version,
                effective_from=date(first.year + month // 12, month % 12 + 1, 1),
                timezone=timezone,
                business_hours=hours,
            )
            (folder / f"v{version}.yml").write_text(text, encoding="utf-8")
        return load_contracts(folder)

    return make


@pytest.fixture(scope="session")
def calendar_of(contracts_of: Callable[..., Contracts]) -> Callable[..., Calendar]:
    """The calendar of one version with these hours, up to the end of the month after `through`."""

    def make(
        business_hours: str = OFFICE_HOURS,
        timezone: str = "Europe/Madrid",
        start: str = "2026-01-01",
        through: datetime | None = None,
    ) -> Calendar:
        contracts = contracts_of(business_hours, timezone=timezone, start=start)
        until = through or datetime.fromisoformat(start) + timedelta(days=330)
        return read_calendar(calendar_tables(contracts, until, None))

    return make
