"""Data checks: what is expected of what comes in and of what goes out, by Great Expectations, in the database.

`raw/` and `marts/` hold the suites, one file per subject, written in the words of `checks.py`. Nothing here knows of
Dagster, and importing this package doesn't import Great Expectations.
"""

from __future__ import annotations

from .checks import Check, Severity, Suite
from .marts import MARTS_SUITES
from .page import check_page
from .raw import RAW_SUITES
from .results import CheckResult, read_results, reasons_not_to_publish, write_results
from .runner import ChecksCannotRunError, run_checks
from .settings import CheckSettings, CheckSettingsErrors, check_overrides
from .suites import ALL_SUITES, DeclaredCheck, declared_checks

__all__ = [
    "ALL_SUITES",
    "MARTS_SUITES",
    "RAW_SUITES",
    "Check",
    "CheckResult",
    "CheckSettings",
    "CheckSettingsErrors",
    "ChecksCannotRunError",
    "DeclaredCheck",
    "Severity",
    "Suite",
    "check_overrides",
    "check_page",
    "declared_checks",
    "read_results",
    "reasons_not_to_publish",
    "run_checks",
    "write_results",
]
