"""From text to typed values: what a column's text means, and which rows can't be used.

What belongs here: the rules of a row, the same for every format. All of it works on whole columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .declarations import Column, ColumnType, ObjectDeclaration, Reason
from .rows import Flags
from .sources import Source
from .sql import run_sql
from .timestamps import IMPOSSIBLE, UNREADABLE, ReadTimes, read_dates, read_days, read_timestamps
from .vendor_ids import read_object_ids, read_salesforce_ids

ARROW_TYPES: Mapping[ColumnType, pa.DataType] = {
    ColumnType.TEXT: pa.string(),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
    ColumnType.DATE: pa.date32(),
    ColumnType.NUMBER: pa.decimal128(20, 8),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DAY: pa.date32(),
    ColumnType.OBJECT_ID: pa.string(),
    ColumnType.SALESFORCE_ID: pa.string(),
}
NUMBER_LIMIT = "1000000000000"
NOT_FINITE = r"(?i)[+-]?(nan|inf|infinity)"
BOOLEANS = {"true": True, "yes": True, "si": True, "1": True, "false": False, "no": False, "0": False}


@dataclass
class Problems:
    """For each row of a batch the first problem that was found, if any: an index into `found`, or 0."""

    codes: npt.NDArray[np.int16]
    found: list[tuple[Reason, str | None] | None] = field(default_factory=lambda: [None])

    def mark(self, flags: Flags, reason: Reason, column: str | None, first: int = 0) -> None:
        """Note a problem of the flagged rows (counted from `first`) that have none yet."""
        if not flags.any():
            return
        problem = (reason, column)
        if problem not in self.found:
            self.found.append(problem)
        part = self.codes[first : first + len(flags)]
        part[flags & (part == 0)] = self.found.index(problem)


def type_columns(
    connection: duckdb.DuckDBPyConnection,
    declaration: ObjectDeclaration,
    source: Source,
    contract_currency: str,
    texts: Mapping[str, pa.StringArray],
    problems: Problems,
) -> dict[str, pa.Array]:
    """The listed columns with their types; what is wrong with a row is noted in `problems`, its bad values are null.

    `texts` has all listed columns. Amounts without a currency are in the source's, which must be the contract's or have
    a rate.
    """
    typed: dict[str, pa.Array] = {}
    by_sql = [
        column for column in declaration.columns if column.type in (ColumnType.NUMBER, ColumnType.BOOLEAN)
    ]
    unreadable: dict[str, npt.NDArray[np.int8]] = {}
    for column in declaration.columns:
        values = texts[column.name]
        if column.type is ColumnType.TIMESTAMP:
            read = read_timestamps(values, source.timezone, declaration.reads_epochs)
            typed[column.name] = _as_array(read, values).view(pa.timestamp("us"))
            unreadable[column.name] = read.state
        elif column.type in (ColumnType.DATE, ColumnType.DAY):
            is_day = column.type is ColumnType.DAY
            read = read_days(values, declaration.reads_epochs) if is_day else read_dates(values)
            typed[column.name] = _as_array(read, values).cast(pa.int32()).view(pa.date32())
            unreadable[column.name] = read.state
        elif column.type is ColumnType.SALESFORCE_ID:
            typed[column.name], unreadable[column.name] = read_salesforce_ids(values)
        elif column.type is ColumnType.OBJECT_ID:
            typed[column.name], unreadable[column.name] = values, read_object_ids(values)
        elif column.type is ColumnType.TEXT:
            typed[column.name] = values
    if by_sql or declaration.rules:
        rules = _by_sql(connection, declaration, source, contract_currency, texts, typed, by_sql, unreadable)
    else:
        rules = None
    for column in declaration.columns:
        _mark_column(column, texts[column.name], unreadable.get(column.name), problems)
    if declaration.any_of:
        without = np.ones(len(problems.codes), dtype=np.bool_)
        for name in declaration.any_of:
            without &= _flags(texts[name].is_null())
        problems.mark(without, Reason.MISSING_VALUE, declaration.any_of[0])
    if rules is not None:
        for index, rule in enumerate(declaration.rules):
            problems.mark(_flags(rules.column(f"rule_{index}").combine_chunks()), rule.reason, rule.column)
    return {column.name: typed[column.name] for column in declaration.columns}


def _mark_column(
    column: Column, texts: pa.StringArray, state: npt.NDArray[np.int8] | None, problems: Problems
) -> None:
    if column.required and texts.null_count:
        problems.mark(_flags(texts.is_null()), Reason.MISSING_VALUE, column.name)
    if state is not None and state.any():
        problems.mark(state == UNREADABLE, Reason.UNREADABLE_VALUE, column.name)
        problems.mark(state == IMPOSSIBLE, Reason.IMPOSSIBLE_VALUE, column.name)


def _as_array(read: ReadTimes, texts: pa.StringArray) -> pa.Array:
    absent = read.state != 0
    if texts.null_count:
        absent |= _flags(texts.is_null())
    return pa.array(read.values, mask=absent) if absent.any() else pa.array(read.values)


def _by_sql(
    connection: duckdb.DuckDBPyConnection,
    declaration: ObjectDeclaration,
    source: Source,
    contract_currency: str,
    texts: Mapping[str, pa.StringArray],
    typed: dict[str, pa.Array],
    by_sql: list[Column],
    unreadable: dict[str, npt.NDArray[np.int8]],
) -> pa.Table:
    """Numbers, booleans and the rules of a row, in one statement. Adds to `typed` and `unreadable`."""
    needed = {name for rule in declaration.rules for name in rule.columns} - {
        column.name for column in by_sql
    }
    incoming = {column.name: texts[column.name] for column in by_sql} | {name: typed[name] for name in needed}
    read = [f"incoming.{name}" for name in sorted(needed)]
    result = []
    for column in by_sql:
        result += [column.name, f"{column.name}__state"]
        if column.type is ColumnType.NUMBER:
            read += _number_sql(column.name, source.decimal)
        else:
            read += _boolean_sql(column.name)
    result += [
        f"coalesce({rule.broken_when}, false) as rule_{index}" for index, rule in enumerate(declaration.rules)
    ]
    known = sorted({contract_currency.upper(), *source.rates})
    table = run_sql(
        connection,
        f"""
        with read as (
            select {", ".join(read)}, $source_currency as source_currency, $known_currencies as known_currencies
            from incoming
        )
        select {", ".join(result)} from read
        """,
        {"source_currency": source.currency, "known_currencies": known},
        incoming=pa.table(incoming),
    )
    for column in by_sql:
        typed[column.name] = table.column(column.name).combine_chunks().cast(ARROW_TYPES[column.type])
        state = table.column(f"{column.name}__state").combine_chunks()
        unreadable[column.name] = state.to_numpy(zero_copy_only=False).astype(np.int8)
    return table


def _number_sql(name: str, decimal: str) -> list[str]:
    """A number and its state: sign, digits, the source's decimal character and an exponent, nothing else."""
    mark = "[.]" if decimal == "." else ","
    form = f"[+-]?([0-9]+({mark}[0-9]*)?|{mark}[0-9]+)([eE][+-]?[0-9]+)?"
    given = f"incoming.{name}"
    text = given if decimal == "." else f"replace({given}, ',', '.')"
    number = f"case when regexp_full_match({given}, '{form}') then try_cast({text} as decimal(38, 8)) end"
    return [
        f"try_cast(case when abs({number}) < {NUMBER_LIMIT} then {number} end as decimal(20, 8)) as {name}",
        f"""case
                when incoming.{name} is null then 0
                when abs({number}) < {NUMBER_LIMIT} then 0
                when regexp_full_match(incoming.{name}, '{form}') then {IMPOSSIBLE}
                when regexp_full_match(incoming.{name}, '{NOT_FINITE}') then {IMPOSSIBLE}
                else {UNREADABLE}
            end as {name}__state""",
    ]


def _boolean_sql(name: str) -> list[str]:
    given = f"incoming.{name}"
    word = f"case when {given} in ('true', 'false') then {given} else strip_accents(lower({given})) end"
    yes = ", ".join(f"'{text}'" for text, value in BOOLEANS.items() if value)
    no = ", ".join(f"'{text}'" for text, value in BOOLEANS.items() if not value)
    return [
        f"case when {word} in ({yes}) then true when {word} in ({no}) then false end as {name}",
        f"""case
                when incoming.{name} is null or {word} in ({yes}) or {word} in ({no}) then 0
                else {UNREADABLE}
            end as {name}__state""",
    ]


def _flags(values: pa.Array) -> Flags:
    flags: Flags = values.to_numpy(zero_copy_only=False).astype(np.bool_)
    return flags
