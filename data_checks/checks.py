"""The words a suite is written in: what is expected of a table, how serious a failure is, and what it means.

What belongs here: plain declarations and the SQL that measures them. What doesn't: Great Expectations
(`expectations.py` makes its expectations of these) and any particular check (the folders `raw` and `marts`).

Every statement gives one row per check: check_id, failing, checked, observed. `{batch}` stands for the suite's table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

Threshold = Decimal | int


class Severity(StrEnum):
    """An error blocks everything downstream; a warning is shown and blocks nothing."""

    ERROR = "error"
    WARNING = "warning"


class Limit(StrEnum):
    """On which side of the threshold the observed value has to lie; the threshold itself is within."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, kw_only=True)
class Check(ABC):
    """One expectation. `id` says what holds when it passes; `meaning` what a failure means and what to do.

    `fixed_because` says why the threshold can't be changed here, if it can't.
    """

    id: str
    severity: Severity
    meaning: str
    threshold: Threshold = 0
    fixed_because: str | None = None

    limit: ClassVar[Limit] = Limit.AT_MOST
    is_share: ClassVar[bool] = False

    @property
    @abstractmethod
    def threshold_text(self) -> str:
        """What is expected, in words."""

    @abstractmethod
    def sample_sql(self) -> str | None:
        """A query for the keys of what fails, as a column `sample_key`; None where nothing has a key."""


@dataclass(frozen=True, kw_only=True)
class RowCount(Check):
    """The table has at least `threshold` rows."""

    limit: ClassVar[Limit] = Limit.AT_LEAST

    @property
    def threshold_text(self) -> str:
        return f"at least {counted(self.threshold)}"

    def sample_sql(self) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class ShareOfRows(Check):
    """At most the share `threshold` (0 to 1) of the rows fails, looking only at those for which `out_of` holds."""

    out_of: str | None = None

    is_share: ClassVar[bool] = True

    @property
    def threshold_text(self) -> str:
        return "no rows" if self.threshold == 0 else f"at most {percent(self.threshold)} of the rows"


@dataclass(frozen=True, kw_only=True)
class RowsWhere(ShareOfRows):
    """Rows of the table for which the condition `fails_when` holds; what is unknown (null) doesn't fail.

    Conditions may use the columns of `raw.as_of`, as `as_of.complete_through`. `key` names the columns that tell the
    failing rows apart: ids, never personal data.
    """

    fails_when: str
    key: tuple[str, ...]

    def counts(self) -> tuple[str, ...]:
        looked_at = self.out_of or "true"
        return f"({looked_at})", f"({self.fails_when}) and ({looked_at})"

    def result_sql(self, checked: str, failing: str) -> str:
        return f"{failing} as failing, {checked} as checked, cast(null as double) as observed"

    def sample_sql(self) -> str:
        return (
            f"select {key_text(self.key)} as sample_key from {{batch}} cross join raw.as_of as as_of\n"
            f"where ({self.fails_when})" + (f" and ({self.out_of})" if self.out_of else "")
        )


@dataclass(frozen=True, kw_only=True)
class RowsThere(Check):
    """At least `threshold` rows for which `holds`; asked only where `asked_if`, a condition on the contract, is true.

    `which` says in words which rows are meant.
    """

    holds: str = "true"
    asked_if: str = "true"
    which: str = ""

    limit: ClassVar[Limit] = Limit.AT_LEAST

    @property
    def threshold_text(self) -> str:
        return f"at least {counted(self.threshold)} {self.which}".rstrip()

    def counts(self) -> tuple[str, ...]:
        return (f"({self.holds})",)

    def result_sql(self, found: str) -> str:
        asked = f"({self.asked_if})"
        return (
            f"case when {asked} and {found} < {plain(self.threshold)} then 1 else 0 end as failing, "
            f"case when {asked} then 1 else 0 end as checked, "
            f"case when {asked} then cast({found} as double) end as observed"
        )

    def sample_sql(self) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class AsManyRows(Check):
    """The table has as many rows (for which `holds`) as the query `expected` says, give or take `threshold`."""

    expected: str
    holds: str = "true"

    @property
    def threshold_text(self) -> str:
        return f"at most {counted(self.threshold)} apart"

    def counts(self) -> tuple[str, ...]:
        return (f"({self.holds})",)

    def result_sql(self, found: str) -> str:
        apart = f"abs({found} - ({self.expected}))"
        return (
            f"case when {apart} > {plain(self.threshold)} then 1 else 0 end as failing, 1 as checked, "
            f"cast({apart} as double) as observed"
        )

    def sample_sql(self) -> None:
        return None


# What is counted in one pass over a suite's table, all together.
InPass = RowsWhere | RowsThere | AsManyRows


@dataclass(frozen=True, kw_only=True)
class UnexpectedRows(ShareOfRows):
    """Rows that a query finds: each is a failure. The query selects nothing but the keys of what fails."""

    query: str

    def sample_sql(self) -> str:
        return f"select concat_ws(' ', *columns(*)) as sample_key from (\n{self.query}\n)"


@dataclass(frozen=True, kw_only=True)
class Measured(Check):
    """Things measured one by one: a query gives `key`, `observed` and, where each has its own limit, `allowed`.

    Whatever is not within `allowed` (else the threshold) fails; the observed value of the check is the worst of them.
    Nothing to measure passes: the suite's row count says whether there should be something. What is measured is a share
    (0 to 1) where `is_share`, else a number of `unit`.
    """

    query: str
    unit: str
    is_share: bool = False  # type: ignore[misc]  # fixed by the kind for other checks
    limit: ClassVar[Limit]

    @property
    def threshold_text(self) -> str:
        words = "at least" if self.limit is Limit.AT_LEAST else "at most"
        return f"{words} {self.amount_text(Decimal(self.threshold))}"

    def amount_text(self, amount: Decimal) -> str:
        """What was measured, or may be, in words."""
        return f"{percent(amount) if self.is_share else plain(amount)} {self.unit}"

    @property
    def fails_when(self) -> str:
        sign = "<" if self.limit is Limit.AT_LEAST else ">"
        return f"observed {sign} coalesce(allowed, {plain(self.threshold)})"

    def measured_sql(self) -> str:
        return f"select key, observed, null as allowed from (\n{self.query}\n)"

    def sample_sql(self) -> str:
        return f"select key as sample_key from (\n{self.measured_sql()}\n) where {self.fails_when}"


@dataclass(frozen=True, kw_only=True)
class AtLeast(Measured):
    """No measured value lies below the threshold."""

    limit: ClassVar[Limit] = Limit.AT_LEAST


@dataclass(frozen=True, kw_only=True)
class AtMost(Measured):
    """No measured value lies above the threshold, or above its own `allowed` where `has_own_limits`."""

    has_own_limits: bool = False

    limit: ClassVar[Limit] = Limit.AT_MOST

    @property
    def threshold_text(self) -> str:
        if self.has_own_limits:
            return f"at most the limit of each (by default {self.amount_text(Decimal(self.threshold))})"
        return super().threshold_text

    def measured_sql(self) -> str:
        return self.query if self.has_own_limits else super().measured_sql()


@dataclass(frozen=True, kw_only=True)
class NoTextLike(AtMost):
    """No text in any column of the marts matches `pattern`, a regular expression; `looked_at` gives the query.

    Texts without `contains` are passed over quickly. Columns whose names end in one of `not_in_columns` are left out,
    and so is, in any text, what matches `except_for`.
    """

    pattern: str
    contains: str = ""
    except_for: str = ""
    not_in_columns: tuple[str, ...] = ()
    query: str = "select null::varchar as key, null::bigint as observed where false"
    unit: str = "values in a column"

    def looking_at(self, columns: Mapping[str, Sequence[str]]) -> NoTextLike:
        """The check over these text columns, by table of the marts."""
        counted = [
            self._table_query(table, wanted)
            for table, names in columns.items()
            if (wanted := [name for name in names if not name.endswith(self.not_in_columns)])
        ]
        return replace(self, query="\nunion all\n".join(counted)) if counted else self

    def _table_query(self, table: str, names: Sequence[str]) -> str:
        counts = ", ".join(f"count(case when {self._matches(name)} then 1 end)" for name in names)
        keys = ", ".join(literal(f"{table}.{name}") for name in names)
        return f"select unnest([{keys}]) as key, unnest([{counts}]) as observed from marts.{quoted(table)}"

    def _matches(self, name: str) -> str:
        text = f"{quoted(name)}::varchar"
        matches = (
            f"contains({text}, {literal(self.contains)}) and regexp_matches({text}, {literal(self.pattern)})"
        )
        if self.except_for:
            rest = f"regexp_replace({text}, {literal(self.except_for)}, '', 'g')"
            matches += f" and regexp_matches({rest}, {literal(self.pattern)})"
        return matches


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Everything expected of one table; its first check says how many rows it should have, where that can be said."""

    name: str
    table: str
    title: str
    checks: tuple[Check, ...] = field(default=())

    @property
    def must_have_rows(self) -> bool:
        """Whether no rows at all is an error, so that no other check may pass by having nothing to look at."""
        return any(
            isinstance(check, RowCount) and check.severity is Severity.ERROR and check.threshold > 0
            for check in self.checks
        )


def pass_statement(checks: Sequence[InPass]) -> str:
    """One statement for several checks on the rows of one table, in one pass over it."""
    names = [
        [f"count_{number}_{place}" for place, _ in enumerate(check.counts())]
        for number, check in enumerate(checks)
    ]
    counts = ",\n".join(
        f"    count(case when {condition} then 1 end) as {name}"
        for check, named in zip(checks, names, strict=True)
        for condition, name in zip(check.counts(), named, strict=True)
    )
    rows = "\nunion all\n".join(
        f"select '{check.id}' as check_id, {check.result_sql(*named)} from counted"
        for check, named in zip(checks, names, strict=True)
    )
    return f"with counted as (\n  select\n{counts}\n  from {{batch}} cross join raw.as_of as as_of\n)\n{rows}"


def unexpected_rows_statement(check: UnexpectedRows) -> str:
    looked_at = f" where {check.out_of}" if check.out_of else ""
    return (
        f"with failing as (\n{check.query}\n)\n"
        f"select '{check.id}' as check_id, (select count(*) from failing) as failing, "
        f"(select count(*) from {{batch}}{looked_at}) as checked, cast(null as double) as observed"
    )


def measured_statement(check: Measured) -> str:
    worst = "min" if check.limit is Limit.AT_LEAST else "max"
    return (
        f"/* about {{batch}} */ with measured as (\n{check.measured_sql()}\n)\n"
        f"select '{check.id}' as check_id, count(*) filter (where {check.fails_when}) as failing, "
        f"count(*) as checked, cast({worst}(observed) as double) as observed from measured"
    )


def key_text(columns: Sequence[str]) -> str:
    return f"concat_ws(' ', {', '.join(f'{column}::varchar' for column in columns)})"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def plain(number: Threshold) -> str:
    """A number without exponent and trailing zeros."""
    return f"{Decimal(number).normalize():f}"


def counted(rows: Threshold) -> str:
    return f"{plain(rows)} row" if rows == 1 else f"{plain(rows)} rows"


def percent(share: Threshold) -> str:
    return f"{plain(Decimal(share) * 100)} %"
