"""All suites, and the list of all checks without running or importing anything heavy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .checks import Severity, Suite
from .marts import MARTS_SUITES
from .raw import RAW_SUITES
from .settings import Overrides, apply_overrides, check_overrides

ALL_SUITES: tuple[Suite, ...] = (*RAW_SUITES, *MARTS_SUITES)


@dataclass(frozen=True)
class DeclaredCheck:
    """A check as a deployment has it, before it is run: enough for a user interface to list it."""

    check_id: str
    suite: str
    table: str
    severity: Severity
    threshold_text: str
    meaning: str

    @property
    def is_blocking(self) -> bool:
        """Whether a failure stops everything downstream."""
        return self.severity is Severity.ERROR


def declared_checks(
    suites: Iterable[Suite] = ALL_SUITES, overrides: Overrides | None = None
) -> list[DeclaredCheck]:
    """Every check of the suites, in their order. Raises CheckSettingsErrors for overrides that can't be."""
    check_overrides(overrides or {}, ALL_SUITES)
    return [
        DeclaredCheck(check.id, suite.name, suite.table, check.severity, check.threshold_text, check.meaning)
        for suite in (apply_overrides(suite, overrides or {}) for suite in suites)
        for check in suite.checks
    ]
