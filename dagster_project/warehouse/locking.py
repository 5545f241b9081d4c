"""One writer at a time: the lock that a build holds until it has published.

A kernel lock on a file: it goes with its process however that ends, so a killed run blocks nobody.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE_NAME = ".lock"
LONGEST_OWNER = 500


class BuildInUseError(RuntimeError):
    """Another run holds the build; the message names it."""


@contextmanager
def build_lock(build_folder: Path, owner: str) -> Iterator[None]:
    """Hold the build folder, which is made if need be. `owner` is what another run gets to read.

    Raises BuildInUseError at once when another run (or another holder in this process) has it.
    """
    build_folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(build_folder / LOCK_FILE_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, LONGEST_OWNER).decode(errors="replace").strip()
            raise BuildInUseError(
                f"Another run is building in {build_folder}: {holder or 'it has not said its name yet'}. "
                "Start again when it has ended; nothing was changed."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, owner.encode(), 0)
        yield
    finally:
        os.close(descriptor)
