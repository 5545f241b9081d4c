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
    "contact_attributes",
    "object_columns",
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


def object_columns() -> dict[str, Mapping[str, str]]:
    """The columns of each object of each family, `<family>_<object>`, with their types as DuckDB reads raw Parquet."""
    return {
        f"{family}_{name}": declaration.duckdb_types
        for family, objects in FAMILIES.items()
        for name, declaration in objects.items()
    }


def contact_attributes() -> dict[str, Mapping[str, str]]:
    """The objects that hold marketing's contacts, `<family>_<object>`, with the names by which a contract may ask about
    columns that go by another one there. Salesforce's contacts are sales' own."""
    return {
        f"{family}_contacts": FAMILIES[family]["contacts"].attributes or {}
        for family in ("standard", "hubspot")
    }
