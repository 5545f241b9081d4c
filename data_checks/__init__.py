"""Data checks: what is expected of what comes in and of what goes out, by Great Expectations, in the database.

`raw/` and `marts/` hold the suites, one file per subject, written in the words of `checks.py`. Nothing here knows of
Dagster, and importing this package doesn't import Great Expectations.
"""

from __future__ import annotations

from .checks import Check, Severity, Suite
from .kept import read_results, void_results, write_results
from .page import check_markdown, check_page
from .results import CheckResult, reasons_not_to_publish, told
from .runner import ChecksCannotRunError, run_checks
from .settings import CheckSettings, CheckSettingsErrors, check_overrides
from .suites import (
    ALL_SUITES,
    GATES,
    DeclaredCheck,
    check_settings_problems,
    declared_checks,
    reads_the_clock,
    suites_from,
)

__all__ = [
    "ALL_SUITES",
    "GATES",
    "Check",
    "CheckResult",
    "CheckSettings",
    "CheckSettingsErrors",
    "ChecksCannotRunError",
    "DeclaredCheck",
    "Severity",
    "Suite",
    "check_markdown",
    "check_overrides",
    "check_page",
    "check_settings_problems",
    "declared_checks",
    "read_results",
    "reads_the_clock",
    "reasons_not_to_publish",
    "run_checks",
    "suites_from",
    "told",
    "void_results",
    "write_results",
]
