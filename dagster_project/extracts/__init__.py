"""Extracts: from the landing folder to raw Parquet, with an archive, a quarantine and a ledger.

What belongs here: reading what the departments deliver, by one declaration per object, and knowing what was delivered.
What doesn't: what the records mean beside each other.
"""

from __future__ import annotations

from .declarations import ObjectDeclaration, contact_attributes, object_columns, objects_of
from .files import DamagedStore
from .findings import KINDS as FINDING_KINDS
from .findings import DeliveryResult, Finding, IngestReport, Severity
from .in_force import (
    CompleteThrough,
    IncompleteExtracts,
    ObjectState,
    complete_through,
    days_in_words,
    files_in_force,
    object_state,
)
from .ingest import Delivery, ingest_object, restore_raw
from .landing import unexpected_entries
from .ledger import read_ledger
from .raw_files import is_as_written
from .sources import Source, Sources, SourcesErrors, load_sources, settings_tables
from .standing import quarantine_counts, standing_findings
from .unmapped import UnmappedWord, unmapped_findings

__all__ = [
    "FINDING_KINDS",
    "CompleteThrough",
    "DamagedStore",
    "Delivery",
    "DeliveryResult",
    "Finding",
    "IncompleteExtracts",
    "IngestReport",
    "ObjectDeclaration",
    "ObjectState",
    "Severity",
    "Source",
    "Sources",
    "SourcesErrors",
    "UnmappedWord",
    "complete_through",
    "contact_attributes",
    "days_in_words",
    "files_in_force",
    "ingest_object",
    "is_as_written",
    "load_sources",
    "object_columns",
    "object_state",
    "objects_of",
    "quarantine_counts",
    "read_ledger",
    "restore_raw",
    "settings_tables",
    "standing_findings",
    "unexpected_entries",
    "unmapped_findings",
]
