"""What is the case after a run, as facts: each says what it is about, what holds of it now and whom it concerns.

What belongs here: reading facts from the published tables and from what the run knows of checks and deliveries. What
doesn't: whether somebody has been told already (`told`), and how it is worded (`digest`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

QUERIES_FOLDER = Path(__file__).parent / "queries"
# Promises by the hour are told when two business hours are left; those by the day, when two business days are.
BY_THE_HOUR = ("handoff", "first_attempt", "disposition")
TWO_HOURS_SECONDS = 2 * 3600
# States that nobody is told of; they only end what was told before.
QUIET = ("on_track", "no_data", "passed", "delivered", "succeeded")


class Audience(StrEnum):
    """Who reads a digest."""

    MARKETING = "marketing"
    SALES = "sales"
    DATA = "data"


MARKETING, SALES, DATA = Audience
EVERYBODY = (MARKETING, SALES, DATA)


@dataclass(frozen=True)
class Fact:
    """`subject`: what it is about, the same in every run. `state`: what holds of it; another state is news.

    `is_old`: of a month that was over before the latest one; news only to who was told something else of it before.
    """

    kind: str
    subject: str
    state: str
    audiences: tuple[Audience, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    is_old: bool = False

    @property
    def is_quiet(self) -> bool:
        return self.state in QUIET


@dataclass(frozen=True)
class FailedCheck:
    """A blocking data check that failed, and its sentence in the readers' language."""

    check_id: str
    sentence: str


@dataclass(frozen=True)
class LateExtract:
    """A required object whose next extract is overdue; `day` is the first one that is waited for, None if none is."""

    source: str
    object: str
    day: date | None


def published_facts(warehouse: Path) -> list[Fact]:
    """Every commitment's status, and every pending obligation that is about to fall due, in a published file.

    Raises duckdb.Error when the file can't be read.
    """
    with duckdb.connect(warehouse, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        statuses = _rows(connection, "statuses")
        due = _rows(connection, "due", by_the_hour=list(BY_THE_HOUR), seconds=TWO_HOURS_SECONDS)
    return [*map(_status_fact, statuses), *map(_due_fact, due)]


def check_facts(failed: Iterable[FailedCheck], passed: Iterable[str]) -> list[Fact]:
    """The blocking checks that failed, and the ids of those that passed, so that a later failure is told again."""
    return [
        *(Fact("check", f"check/{each.check_id}", "failed", EVERYBODY, vars(each)) for each in failed),
        *(Fact("check", f"check/{check_id}", "passed", EVERYBODY) for check_id in passed),
    ]


def late_facts(extracts: Iterable[LateExtract], complete_through: datetime | None) -> list[Fact]:
    """The required objects whose extract is late, and those whose isn't."""
    return [
        Fact(
            kind="late",
            subject=f"late/{each.source}/{each.object}",
            state=each.day.isoformat() if each.day else "delivered",
            audiences=EVERYBODY,
            values={"place": f"{each.source}/{each.object}", "day": each.day, "through": complete_through},
        )
        for each in extracts
    ]


def run_fact(problems: Iterable[str]) -> Fact:
    """How the run ended: the reasons of a failure, which are for who runs it."""
    reason = "\n".join(problems)
    state = sha256(reason.encode()).hexdigest() if reason else "succeeded"
    return Fact("run", "run", state, (DATA,), {"reason": reason})


def _status_fact(row: Mapping[str, Any]) -> Fact:
    return Fact(
        kind="status",
        subject=f"status/{row['period']:%Y-%m}/{row['commitment_id']}",
        state=row["status"],
        audiences=(Audience(row["owner"]),),
        values=row,
        is_old=row["is_old"],
    )


def _due_fact(row: Mapping[str, Any]) -> Fact:
    about = "/".join(str(row[name]) for name in ("obligation", "person_id", "cycle", "rep_id", "period"))
    return Fact(
        kind="due",
        subject=f"due/{about}",
        state=row["due_at"].isoformat(),
        audiences=(Audience(row["owner"]),),
        values=row,
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, **values: Any) -> list[dict[str, Any]]:
    result = connection.execute(_text(query), values or None)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@cache
def _text(query: str) -> str:
    return (QUERIES_FOLDER / f"{query}.sql").read_text(encoding="utf-8")
