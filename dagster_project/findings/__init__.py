"""Findings: what is worth knowing about the data behind the figures, as one published table.

What belongs here: the table's shape, and what is odd in a finished build. What doesn't: what other rooms find.
"""

from __future__ import annotations

from .oddities import oddities
from .tables import (
    DATA_QUALITY_COLUMNS,
    DATA_QUALITY_DESCRIPTION,
    EVERYWHERE,
    QUARANTINE_COLUMNS,
    QUARANTINE_DESCRIPTION,
    Column,
    Found,
    data_quality_table,
    quarantine_table,
)

__all__ = [
    "DATA_QUALITY_COLUMNS",
    "DATA_QUALITY_DESCRIPTION",
    "EVERYWHERE",
    "QUARANTINE_COLUMNS",
    "QUARANTINE_DESCRIPTION",
    "Column",
    "Found",
    "data_quality_table",
    "oddities",
    "quarantine_table",
]
