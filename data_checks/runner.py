"""The one runner: suites over a warehouse file, by Great Expectations, pushed down to SQL.

What belongs here: opening the file, running the suites and reading what came of them. The file is only read, and
nothing of it stays open; nothing is written anywhere, and nothing is sent.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .checks import Check, NoTextLike, RowCount, Suite
from .results import CheckResult, Measurement, result_of
from .settings import CheckSettings, apply_overrides, check_overrides, with_inputs
from .suites import ALL_SUITES

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

SAMPLE_SIZE = 5
# Errors that can't quote data.
SHOWN_ERRORS = ("Catalog Error", "Binder Error", "Connection Error", "IO Error", "Out of Memory Error")
NOT_TEXT = re.compile(
    r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*|BOOLEAN|DATE|TIME.*|INTERVAL", re.DOTALL
)


class ChecksCannotRunError(RuntimeError):
    """No check could be made at all; the message says what to do."""


def run_checks(warehouse: Path, suites: Sequence[Suite], settings: CheckSettings) -> list[CheckResult]:
    """Run suites over a warehouse file; one result per check, in their order.

    A check that can't be made (its table is missing, say) is a result that hasn't passed. Raises CheckSettingsErrors
    for settings of unknown checks, and ChecksCannotRunError when the file isn't there or isn't a DuckDB file.
    """
    check_overrides(settings.overrides, ALL_SUITES)
    if not warehouse.is_file():
        raise ChecksCannotRunError(
            f"{warehouse} isn't there, so nothing could be checked. Build the warehouse first."
        )
    inputs = settings.inputs()
    results = []
    with _datasource(warehouse, settings.memory_limit) as datasource:
        text_columns = _text_columns(datasource)
        for declared in suites:
            suite = _looking_at(apply_overrides(declared, settings.overrides), text_columns)
            measured = _measure(datasource, suite, inputs)
            for check in suite.checks:
                sample = _sample(datasource, suite, check, inputs) if _has_keys(measured[check.id]) else ()
                results.append(result_of(suite, check, measured[check.id], sample))
    return results


def _has_keys(measured: Measurement) -> bool:
    return not measured.passed and bool(measured.failing)


@contextmanager
def _datasource(warehouse: Path, memory_limit: str | None) -> Iterator[SQLDatasource]:
    """A data source over the file that is closed afterwards. Great Expectations is imported here and not before."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.datasource.fluent.interfaces import TestConnectionError

    from .duckdb_dialect import register

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    config = {"memory_limit": memory_limit} if memory_limit else {}
    connect = {"database": str(warehouse), "read_only": True, "config": config}
    try:
        datasource = context.data_sources.add_sql(
            name="warehouse",
            connection_string=register(),
            kwargs={"connect_args": connect},  # type: ignore[call-arg]
        )
    except TestConnectionError as error:
        raise ChecksCannotRunError(
            f"{warehouse} can't be opened, so nothing could be checked: {_shown_error(str(error.cause))} "
            "If no other program is writing it, delete it and build it again."
        ) from error
    try:
        yield datasource
    finally:
        # Two engines, each with a connection of its own: one looked whether the file can be opened, one ran the checks.
        # Left open, they would keep this process from writing the file.
        datasource.get_execution_engine().close()
        datasource.get_engine().dispose()


def _rows(datasource: SQLDatasource, query: str) -> list[tuple[Any, ...]]:
    from sqlalchemy import text

    return [tuple(row) for row in datasource.get_execution_engine().execute_query(text(query)).fetchall()]


def _text_columns(datasource: SQLDatasource) -> dict[str, list[str]]:
    """The columns of the marts that hold text, by table, whatever tables there are."""
    columns: dict[str, list[str]] = {}
    for table, column, data_type in _rows(
        datasource,
        """
        select table_name, column_name, data_type
        from duckdb_columns()
        where schema_name = 'marts' and database_name = current_database()
        order by table_name, column_index
        """,
    ):
        if not NOT_TEXT.fullmatch(data_type):
            columns.setdefault(table, []).append(column)
    return columns


def _looking_at(suite: Suite, text_columns: Mapping[str, Sequence[str]]) -> Suite:
    checks = (
        check.looking_at(text_columns) if isinstance(check, NoTextLike) else check for check in suite.checks
    )
    return replace(suite, checks=tuple(checks))


def _measure(datasource: SQLDatasource, suite: Suite, inputs: Mapping[str, str]) -> dict[str, Measurement]:
    """The measurement of each check of a suite, by its id."""
    import great_expectations as gx

    from .expectations import DETAILS, expectations_of

    batch = (
        datasource.add_query_asset(suite.name, query=f"select * from {suite.table}")
        .add_batch_definition_whole_table("whole table")
        .get_batch()
    )
    expectations = expectations_of(suite.checks, suite.must_have_rows, inputs)
    report = batch.validate(
        gx.ExpectationSuite(name=suite.name, expectations=expectations), result_format=DETAILS
    )
    measured = {}
    by_id = {check.id: check for check in suite.checks}
    for result in report.results:
        assert result.expectation_config is not None
        check = by_id[result.expectation_config.meta["check_id"]]
        measured[check.id] = _measurement(check, result)
    return measured


def _measurement(check: Check, result: Any) -> Measurement:
    problem = _exception_message(result.exception_info)
    if problem is not None:
        return Measurement(passed=False, problem=_shown_error(problem))
    if isinstance(check, RowCount):
        count = int(result.result["observed_value"])
        return Measurement(passed=bool(result.success), checked=count, observed=float(count))
    details = result.result["details"]
    return Measurement(passed=bool(result.success), **details)


def _exception_message(info: dict[str, Any]) -> str | None:
    """What went wrong in an expectation: one exception, or one for each of its metrics."""
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else None
    messages = [str(one["exception_message"]) for one in info.values() if one.get("raised_exception")]
    return messages[0] if messages else None


def _shown_error(message: str) -> str:
    """An error's first line, where it can't quote data; else only that there was one."""
    for kind in SHOWN_ERRORS:
        _, found, rest = message.partition(f"{kind}: ")
        if found:
            return f"{kind}: {rest.splitlines()[0].strip().rstrip('.!')}."
    return "DuckDB could not run it."


def _sample(
    datasource: SQLDatasource, suite: Suite, check: Check, inputs: Mapping[str, str]
) -> tuple[str, ...]:
    """Keys of a few rows that fail, the smallest ones, so that the same data gives the same sample."""
    query = check.sample_sql()
    if query is None:
        return ()
    query = with_inputs(query.replace("{batch}", suite.table), inputs)
    keys = _rows(
        datasource,
        f"select distinct sample_key from ({query}) where sample_key is not null "
        f"order by sample_key limit {SAMPLE_SIZE}",
    )
    return tuple(str(key) for (key,) in keys)
