"""Raw Parquet held against the ledger: whether a delivery's file is there, and is what was written.

A page of Parquet has no checksum that DuckDB would look at: a run of zeros in it is read as rows. So the ledger has the
hash of each file, and whoever reads raw files asks here first (0.75 s of CPU a GiB). Rows of older versions have no
hash: of them only the files' presence is known.
"""

from __future__ import annotations

from pathlib import Path

from .files import hash_of
from .ledger import LedgerRow


def is_as_written(path: Path, sha256: str | None) -> bool:
    """Whether a file is there and has a hash, where one is known."""
    return path.exists() and (sha256 is None or hash_of(path) == sha256)


def is_there(home: Path, row: LedgerRow) -> bool:
    """Whether the Parquet of a delivery is there: its rows, and those in quarantine."""
    return all((home / path).exists() for path in (row.raw_path, row.quarantine_path) if path)


def is_sound(home: Path, row: LedgerRow) -> bool:
    """Whether the Parquet of a delivery is there, and its rows are as they were written."""
    return is_there(home, row) and (
        row.raw_path is None or is_as_written(home / row.raw_path, row.raw_sha256)
    )
