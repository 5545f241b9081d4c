"""Folders that only their owner may look into: all that is kept beside what is published.

What belongs here: that rule, for the folders that a run makes. What doesn't: which they are; whoever makes one says so.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o700


def make_private(folder: Path) -> None:
    """Make a folder if need be, and close it to everybody but its owner, by whomever it was made."""
    folder.mkdir(parents=True, exist_ok=True)
    # Another user's folder stays as its owner wants it.
    with suppress(PermissionError):
        folder.chmod(OWNER_ONLY)
