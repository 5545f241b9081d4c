"""What a declaration consists of: columns with their types and spellings, and the rules of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from dagster_project.column_names import loose_name


class ColumnType(StrEnum):
    """What a column's text is read as.

    A `day` is a date that vendors also write as a midnight; an `object_id` HubSpot's whole number; a `salesforce_id` 15
    characters, or 18 with a suffix that must fit them and is cut, so that both are one id.
    """

    TEXT = "text"
    TIMESTAMP = "timestamp"
    DATE = "date"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    OBJECT_ID = "object_id"
    SALESFORCE_ID = "salesforce_id"


DUCKDB_TYPES: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.DATE: "DATE",
    ColumnType.NUMBER: "DECIMAL(20,8)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DAY: "DATE",
    ColumnType.OBJECT_ID: "VARCHAR",
    ColumnType.SALESFORCE_ID: "VARCHAR",
}


class Reason(StrEnum):
    """Why a row is in quarantine: a closed list."""

    RAGGED_ROW = "ragged_row"
    UNREADABLE_VALUE = "unreadable_value"
    MISSING_VALUE = "missing_value"
    IMPOSSIBLE_VALUE = "impossible_value"
    UNKNOWN_CURRENCY = "unknown_currency"
    NUL_BYTE = "nul_byte"
    FIELD_TOO_LARGE = "field_too_large"
    REPEATED_HEADER = "repeated_header"
    MALFORMED_ROW = "malformed_row"


@dataclass(frozen=True)
class Column:
    """A column; `aliases` are other headers that it goes by, of which the first that a file has is read."""

    name: str
    type: ColumnType = ColumnType.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()

    @cached_property
    def loose_names(self) -> tuple[str, ...]:
        """Its name and its aliases as headers are compared."""
        return tuple(loose_name(name) for name in (self.name, *self.aliases))


@dataclass(frozen=True)
class RowRule:
    """A row for which `broken_when` (SQL over the typed columns named in `columns`) holds goes to quarantine.

    Beside the columns, the SQL may use `source_currency` (of amounts without one) and `known_currencies` (a list), both
    in upper case.
    """

    reason: Reason
    column: str
    columns: tuple[str, ...]
    broken_when: str


@dataclass(frozen=True)
class ObjectDeclaration:
    """One object: `any_of` names columns of which a row must have at least one.

    `known_words` are the words that mean something in a column; others are accepted and reported. `reported` are
    conditions (name to SQL over typed columns) that are accepted and counted. `attributes` are names by which a
    contract may ask about a column that goes by another name here. Where it `reads_epochs`, times may be epoch
    milliseconds. `flattened_under` is what a loader puts before all columns, before those that aren't listed too.
    """

    name: str
    columns: tuple[Column, ...]
    any_of: tuple[str, ...] = ()
    rules: tuple[RowRule, ...] = ()
    known_words: Mapping[str, frozenset[str]] | None = None
    reported: Mapping[str, str] | None = None
    attributes: Mapping[str, str] | None = None
    reads_epochs: bool = False
    flattened_under: str = ""

    @cached_property
    def by_loose_name(self) -> Mapping[str, Column]:
        return {name: column for column in reversed(self.columns) for name in reversed(column.loose_names)}

    def listed_names(self, loose: Sequence[str]) -> list[str]:
        """For each header of a file, loosely, the listed column that it is, else itself.

        Of several headers that a column goes by, the first of its names is read; the others stay columns of their own.
        """
        there = set(loose)
        listed: dict[str, str] = {}
        for column in self.columns:
            for name in column.loose_names:
                if name in there and name not in listed:
                    listed[name] = column.name
                    break
        taken = there.union(listed.values())
        return [listed.get(name) or self._unflattened(name, taken) for name in loose]

    def _unflattened(self, loose: str, taken: AbstractSet[str]) -> str:
        """The name of a header that isn't listed: a contract asks for it without what a loader puts before it."""
        own = loose.removeprefix(loose_name(self.flattened_under))
        return loose if not own or own in taken else own

    @cached_property
    def required_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def duckdb_types(self) -> Mapping[str, str]:
        """The listed columns with their types in raw Parquet as DuckDB reads them."""
        return {column.name: DUCKDB_TYPES[column.type] for column in self.columns}


def columns(listed: str, aliases: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """`contact_id*, created_at* timestamp, email` → columns; no type is text, `*` is required.

    `aliases` gives a column's other headers, separated by commas.
    """
    found = []
    for entry in listed.split(","):
        name, _, type_name = entry.strip().partition(" ")
        others = (aliases or {}).get(name.rstrip("*"), "")
        found.append(
            Column(
                name.rstrip("*"),
                ColumnType(type_name or "text"),
                name.endswith("*"),
                tuple(other.strip() for other in others.split(",") if other.strip()),
            )
        )
    return tuple(found)


def unknown_currency(currency: str, amount: str | None = None) -> RowRule:
    """An amount's currency must be the contract's, or have a rate; where there is no `amount`, none is needed."""
    is_unknown = f"not list_contains(known_currencies, upper(coalesce({currency}, source_currency)))"
    if amount is None:
        return RowRule(Reason.UNKNOWN_CURRENCY, currency, (currency,), is_unknown)
    return RowRule(
        Reason.UNKNOWN_CURRENCY, currency, (currency, amount), f"{amount} is not null and {is_unknown}"
    )
