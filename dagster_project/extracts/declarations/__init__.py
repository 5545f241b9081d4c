"""What each object of each family looks like: its columns, their types, and the rules of a row.

One declaration per object; ingestion checks and types by it, and by nothing else. What belongs here: what a file of
that object must hold to be readable. What doesn't: how it is read, and whether what it says makes sense beside other
objects.
"""

from __future__ import annotations

from collections.abc import Mapping

from .hubspot import HUBSPOT
from .salesforce import SALESFORCE
from .shape import DUCKDB_TYPES, Column, ColumnType, ObjectDeclaration, Reason, RowRule
from .standard import STANDARD

__all__ = [
    "DUCKDB_TYPES",
    "FAMILIES",
    "Column",
    "ColumnType",
    "ObjectDeclaration",
    "Reason",
    "RowRule",
    "objects_of",
]

FAMILIES: Mapping[str, Mapping[str, ObjectDeclaration]] = {
    "standard": STANDARD,
    "hubspot": HUBSPOT,
    "salesforce": SALESFORCE,
}


def objects_of(family: str) -> Mapping[str, ObjectDeclaration]:
    """The objects of a family by name. Raises KeyError for a family that nobody declared."""
    return FAMILIES[family]
