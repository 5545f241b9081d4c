"""What every run imports, imported once for all the processes that are started and killed."""

from __future__ import annotations

import great_expectations  # noqa: F401

import tests.faults.runs  # noqa: F401
