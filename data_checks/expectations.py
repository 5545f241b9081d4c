"""The checks as expectations of Great Expectations. This module imports it, which takes seconds: import it late.

What belongs here: which expectation a check becomes, and when that one succeeds. What doesn't: how they are run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import ceil
from typing import Any, ClassVar

from great_expectations.core.result_format import ResultFormat
from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
    ExpectTableRowCountToBeBetween,
)
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from .checks import (
    Check,
    InPass,
    Measured,
    RowCount,
    Severity,
    ShareOfRows,
    UnexpectedRows,
    measured_statement,
    pass_statement,
    unexpected_rows_statement,
)
from .settings import with_inputs

SEVERITIES = {Severity.ERROR: FailureSeverity.CRITICAL, Severity.WARNING: FailureSeverity.WARNING}
DETAILS = ResultFormat.COMPLETE


class ExpectFewFailures(UnexpectedRowsExpectation):
    """Of what the query looks at for `check_id`, at most the share `threshold` is unexpected.

    The query counts in the database and gives one row per check: check_id, failing, checked, observed. Checks with the
    same query share one execution of it. `is_empty_allowed` says whether looking at nothing may pass.
    """

    check_id: str
    threshold: str
    is_empty_allowed: bool

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self, metrics: Mapping[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        row = next(row for row in metrics["unexpected_rows_query.table"] if row["check_id"] == self.check_id)
        failing, checked = int(row["failing"]), int(row["checked"])
        success = failing <= Decimal(self.threshold) * checked and (checked > 0 or self.is_empty_allowed)
        details = {"failing": failing, "checked": checked, "observed": row["observed"]}
        return {"success": success, "result": {"observed_value": failing, "details": details}}


def expectations_of(
    checks: Sequence[Check], must_have_rows: bool, inputs: Mapping[str, str]
) -> list[Expectation]:
    """One expectation per check, in their order; those on the table's rows share one statement.

    `must_have_rows` says whether no row at all is an error in this suite; `inputs` are the queries behind the names
    that checks use beside the warehouse's tables.
    """
    in_pass = [check for check in checks if isinstance(check, InPass)]
    one_pass = pass_statement(in_pass) if in_pass else ""
    return [_expectation(check, one_pass, must_have_rows, inputs) for check in checks]


def _expectation(check: Check, one_pass: str, must_have_rows: bool, inputs: Mapping[str, str]) -> Expectation:
    description, severity, meta = check.meaning, SEVERITIES[check.severity], {"check_id": check.id}
    if isinstance(check, RowCount):
        return ExpectTableRowCountToBeBetween(
            min_value=ceil(check.threshold), description=description, severity=severity, meta=meta
        )
    # Other checks have met their own limits in the statement already: nothing of them may fail.
    share = isinstance(check, ShareOfRows)
    looks_at_all = not isinstance(check, ShareOfRows) or check.out_of is None
    return ExpectFewFailures(
        unexpected_rows_query=for_format(with_inputs(_statement(check, one_pass), inputs)),
        check_id=check.id,
        threshold=str(check.threshold) if share else "0",
        is_empty_allowed=not (share and looks_at_all and must_have_rows),
        description=description,
        severity=severity,
        meta=meta,
    )


def _statement(check: Check, one_pass: str) -> str:
    if isinstance(check, InPass):
        return one_pass
    if isinstance(check, UnexpectedRows):
        return unexpected_rows_statement(check)
    if isinstance(check, Measured):
        return measured_statement(check)
    raise TypeError(f"{check.id}: {type(check).__name__} is no kind of check")


def for_format(statement: str) -> str:
    """A statement in which every brace stands for itself, except in `{batch}`."""
    return statement.replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}")
