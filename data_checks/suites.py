"""All suites, and the list of all checks without running or importing anything heavy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .checks import Severity, Suite
from .marts import ATTAINMENT_SUITES, FINDINGS_SUITES, MARTS_SUITES
from .raw import RAW_SUITES
from .settings import Overrides, SettingsProblem, apply_overrides, check_overrides, settings_problems

# By when they are run, in that order: each as soon as its tables are made, before anything rests on them.
GATES: Mapping[str, tuple[Suite, ...]] = {
    "raw": RAW_SUITES,
    "marts": MARTS_SUITES,
    "attainment": ATTAINMENT_SUITES,
    "findings": FINDINGS_SUITES,
}
ALL_SUITES: tuple[Suite, ...] = tuple(suite for suites in GATES.values() for suite in suites)


def suites_from(gate: str) -> list[Suite]:
    """The suites of a gate and of those after it: what has to be run again once the gate's tables change."""
    names = list(GATES)
    return [suite for name in names[names.index(gate) :] for suite in GATES[name]]


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


CLOCK = "wall_clock"
CLOCK_CHECKS = frozenset(
    check.id for suite in ALL_SUITES for check in suite.checks if CLOCK in getattr(check, "query", "")
)


def reads_the_clock(check_id: str) -> bool:
    """Whether a check's result depends on the day it is made, and not on the warehouse alone."""
    return check_id in CLOCK_CHECKS


def check_settings_problems(overrides: object) -> list[SettingsProblem]:
    """All that is wrong in a deployment's settings of the checks there are."""
    return settings_problems(overrides, ALL_SUITES)


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
