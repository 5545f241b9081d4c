"""What ingestion has to say beyond the rows it accepted: one finding per fact, for people and for `data_quality`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .declarations.shape import Reason
from .vendor_words import SETTINGS

KINDS = (
    "refused_file",
    "unreadable_file",
    "still_written",
    "damaged_raw",
    "unexpected_entry",
    "missing_days",
    "schema_drift",
    "unknown_words",
    "odd_rows",
    "quarantined_rows",
    *(f"quarantined_{reason}" for reason in Reason),
    *(f"unmapped_{setting}" for setting in SETTINGS),
)
"""Everything that ingestion may find, by name: whoever tells of a finding has words for each."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """`kind` is one of KINDS, `message` a sentence that says what to do. Raises ValueError for another kind.

    `looked_at` is what `count` is a part of, None where a share says nothing.
    """

    kind: str
    source: str
    object: str
    count: int
    severity: Severity
    message: str
    looked_at: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is no kind of finding: add it to KINDS, and words for it")


@dataclass(frozen=True)
class DeliveryResult:
    """What became of one delivered file. `rows_read = rows_accepted + rows_quarantined`."""

    file_name: str
    extract_date: str
    part: str | None
    delivery: int
    outcome: str
    reason: str | None
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_duplicate: int


@dataclass(frozen=True)
class IngestReport:
    """What one ingestion of one source object did.

    `deliveries` are those that were read in this run; `reread` of them were read again because the source's
    declaration changed, or their Parquet was gone or damaged.
    """

    source: str
    object: str
    deliveries: tuple[DeliveryResult, ...] = ()
    reread: int = 0
    findings: tuple[Finding, ...] = field(default=())

    @property
    def refused(self) -> tuple[DeliveryResult, ...]:
        return tuple(delivery for delivery in self.deliveries if delivery.outcome == "refused")

    @property
    def rows_read(self) -> int:
        return sum(delivery.rows_read for delivery in self.deliveries)

    @property
    def rows_accepted(self) -> int:
        return sum(delivery.rows_accepted for delivery in self.deliveries)

    @property
    def rows_quarantined(self) -> int:
        return sum(delivery.rows_quarantined for delivery in self.deliveries)
