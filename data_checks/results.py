"""What became of the checks: one result each, in words and numbers, without personal data.

What belongs here: a result's shape, its sentence, and which of them forbid publishing. What doesn't: keeping them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .checks import AsManyRows, Check, Measured, RowCount, RowsThere, Severity, Suite, counted, percent

LONGEST_KEY = 80
SHOWN_MISSING = 5
NO_ROWS = "The first check of the same table says what to do."
HIDDEN_KEY = "(hidden: looks like personal data)"
LOOKS_PERSONAL = re.compile(r"@|(?<!\w)\+\d[\d ().-]{6,}\d")


@dataclass(frozen=True)
class CheckResult:
    """One check's result.

    `observed` is a share of the rows (0 to 1), a number of rows or what was measured, as `observed_text` says in words;
    null where nothing was measured. `failing` of `checked` rows, or measured things, fail. `sample` holds keys of a few
    of them. `problem` says why the check could not be made; it hasn't passed then. `sentence` is the result in words.
    """

    check_id: str
    suite: str
    table: str
    severity: Severity
    passed: bool
    observed: float | None
    observed_text: str
    threshold: float
    threshold_text: str
    failing: int | None
    checked: int | None
    sample: tuple[str, ...]
    sentence: str
    problem: str | None = None

    @property
    def is_blocking(self) -> bool:
        """Whether everything downstream has to stop."""
        return not self.passed and self.severity is Severity.ERROR


@dataclass(frozen=True)
class Measurement:
    """The numbers of one check as Great Expectations found them; `problem` when it found none."""

    passed: bool
    failing: int | None = None
    checked: int | None = None
    observed: float | None = None
    problem: str | None = None


def result_of(suite: Suite, check: Check, measured: Measurement, sample: Sequence[str] = ()) -> CheckResult:
    """The result of a check, with its sentence."""
    observed, text = _observed(check, measured)
    return CheckResult(
        check_id=check.id,
        suite=suite.name,
        table=suite.table,
        severity=check.severity,
        passed=measured.passed,
        observed=observed,
        observed_text=text,
        threshold=float(check.threshold),
        threshold_text=check.threshold_text,
        failing=measured.failing,
        checked=measured.checked,
        sample=tuple(shown_key(key) for key in sample),
        sentence=_sentence(suite, check, measured, text),
        problem=measured.problem,
    )


def _observed(check: Check, measured: Measurement) -> tuple[float | None, str]:
    if measured.problem is not None:
        return None, "not measured"
    if isinstance(check, RowCount):
        return measured.observed, counted(int(measured.observed or 0))
    if isinstance(check, Measured | RowsThere | AsManyRows):
        if measured.observed is None:
            return None, "nothing is asked for" if isinstance(check, RowsThere) else "nothing to measure"
        if isinstance(check, RowsThere):
            return measured.observed, f"{counted(int(measured.observed))} {check.which}".rstrip()
        if isinstance(check, AsManyRows):
            return measured.observed, f"{counted(int(measured.observed))} apart"
        number = Decimal(str(measured.observed)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        return measured.observed, check.amount_text(number)
    failing, checked = measured.failing or 0, measured.checked or 0
    if not checked and not failing:
        return None, "no rows to look at"
    if failing > checked:  # what is missing from the table
        return None, counted(failing)
    share = Decimal(failing) / checked
    text = f"{failing} of {checked} rows"
    if failing:
        text += f" ({percent(share.quantize(Decimal('0.0001'), ROUND_HALF_UP))})"
    return float(share), text


def _sentence(suite: Suite, check: Check, measured: Measurement, observed: str) -> str:
    if measured.problem is not None:
        return f"This could not be checked: {measured.problem}"
    if measured.passed:
        return f"{suite.title}: {observed}; expected: {check.threshold_text}."
    if not isinstance(check, RowCount) and not measured.failing and not measured.checked:
        return f"{suite.title}: there is nothing to look at, and nothing to look at never passes. {NO_ROWS}"
    how = "at worst " if isinstance(check, Measured) and (measured.checked or 0) > 1 else ""
    return f"{suite.title}: {how}{observed}; expected: {check.threshold_text}. {check.meaning}"


def shown_key(key: str) -> str:
    """A key as it may be shown: one that looks like an e-mail or a phone number isn't, a long one is cut."""
    if LOOKS_PERSONAL.search(key):
        return HIDDEN_KEY
    printable = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in key[: LONGEST_KEY + 1]
    )
    return printable if len(printable) <= LONGEST_KEY else printable[: LONGEST_KEY - 1] + "…"


def told(result: CheckResult) -> str:
    """A result as somebody reads it who has to act: which check, found, expected, what to do, and for example where."""
    text = f"{result.check_id}: {result.sentence}"
    return f"{text}\n  for example: {', '.join(result.sample)}" if result.sample else text


def reasons_not_to_publish(results: Iterable[CheckResult], suites: Iterable[Suite]) -> list[str]:
    """Why nothing may be published, a sentence each: failed errors, and checks without any result.

    `suites` are those that had to be run; the severity of a check that was run is the result's.
    """
    by_id = {result.check_id: result for result in results}
    reasons = [told(result) for result in by_id.values() if result.is_blocking]
    missing = [check.id for suite in suites for check in suite.checks if check.id not in by_id]
    if missing:
        listed = ", ".join(missing[:SHOWN_MISSING])
        more = f" and {len(missing) - SHOWN_MISSING} more" if len(missing) > SHOWN_MISSING else ""
        reasons.append(
            f"Not run for these tables as they are now: {listed}{more}. Run the data checks again."
        )
    return reasons
