"""Running a history and asking what came of it: times as local texts, so that they read as they were told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tests.pipeline import Result, run_pipeline


class Told(Protocol):
    """A history that can be written as extracts, contracts and `sources.yml`."""

    timezone: str

    def write(self, folder: Path) -> None: ...


@contextmanager
def run(history: Told, zone: str | None = None, as_of: date | None = None) -> Iterator[Results]:
    """Write the history, run the whole pipeline over it, and show times in `zone` (default: the contract's)."""
    with tempfile.TemporaryDirectory() as folder:
        history.write(Path(folder))
        result = run_pipeline(Path(folder), Path(folder) / "home", as_of)
        yield Results(result, ZoneInfo(zone or history.timezone))
        result.connection.close()


class Results:
    """The marts of one run. Instants are texts such as `2026-01-08 10:00`, with seconds only where there are any."""

    def __init__(self, result: Result, zone: ZoneInfo) -> None:
        self.result = result
        self.zone = zone
        self._mqls = {(row.person_id, row.cycle): row for row in self.rows("select * from marts.fct_mqls")}
        self._obligations = self.rows("select * from marts.fct_obligations")
        self._attainment = {
            (row.period, row.commitment_id): row for row in self.rows("select * from marts.sla_attainment")
        }

    @property
    def complete_through(self) -> str:
        return self._shown(self.result.complete_through.replace(tzinfo=ZoneInfo("UTC")))

    def rows(self, query: str) -> list[Any]:
        """The rows of a query over the build, each with its columns as attributes."""
        relation = self.result.connection.execute(query)
        names = [column[0] for column in relation.description or ()]
        return [
            SimpleNamespace(
                **{name: self._shown(value, name) for name, value in zip(names, row, strict=True)}
            )
            for row in relation.fetchall()
        ]

    def cycles(self, person: str) -> list[int]:
        """The cycles in which a person is an MQL."""
        return sorted(cycle for person_id, cycle in self._mqls if person_id == person)

    def mql_people(self) -> set[str]:
        return {person_id for person_id, _ in self._mqls}

    def is_mql(self, person: str) -> bool:
        return bool(self.cycles(person))

    def mql(self, person: str, cycle: int = 1) -> Any:
        return self._mqls[person, cycle]

    def points(self, person: str, cycle: int = 1) -> dict[str, Any]:
        """The rules that gave an MQL points, each with its points."""
        query = f"select * from marts.fct_mql_score where person_id = '{person}' and cycle = {cycle}"
        return {row.rule_id: row.points for row in self.rows(query)}

    def obligations(self, person: str, cycle: int = 1) -> dict[str, Any]:
        """Everything owed because of an MQL, by kind."""
        rows = [row for row in self._obligations if (row.person_id, row.cycle) == (person, cycle)]
        found = {row.obligation: row for row in rows}
        assert len(found) == len(rows), f"{person} has an obligation twice"
        return found

    def obligation(self, kind: str, person: str, cycle: int = 1) -> Any:
        return self.obligations(person, cycle)[kind]

    def rep_load(self, rep: str, period: str) -> Any:
        """What a rep's load in a period came to; None when the rep has no such obligation."""
        found = [
            row
            for row in self._obligations
            if (row.obligation, row.rep_id, row.period) == ("rep_load", rep, period)
        ]
        assert len(found) <= 1, f"{rep} has two loads in {period}"
        return found[0] if found else None

    def attainment(self, period: str, commitment: str) -> Any:
        return self._attainment[period, commitment]

    def commitments(self, period: str) -> list[str]:
        """The commitments that have a row in a period."""
        return sorted(commitment for in_period, commitment in self._attainment if in_period == period)

    def people(self) -> set[str]:
        return {row.person_id for row in self.rows("select person_id from marts.dim_people")}

    def _shown(self, value: Any, name: str = "") -> Any:
        if isinstance(value, datetime):
            text = value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S.%f")
            return text.removesuffix(".000000").removesuffix(":00")
        if isinstance(value, date):
            return f"{value:%Y-%m}" if name == "period" else value.isoformat()
        return value
