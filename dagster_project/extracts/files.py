"""Writing files so that a kill at any moment leaves either nothing or the whole file.

What belongs here: temporary names, syncing, renaming, sweeping, and the lock that keeps two runs off one object. A
folder that is written to has a folder `.incoming` for what isn't whole yet.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

INCOMING = ".incoming"
OWNER_ONLY, OWNER_ONLY_FILE = 0o700, 0o600


class DamagedStore(ValueError):
    """What ingestion itself keeps is missing or damaged; the message names the file and what to do."""


def incoming_path(folder: Path, name: str) -> Path:
    """Where a file named `name` is written until it is whole; the folder is made."""
    incoming = folder / INCOMING
    make_folder(incoming)
    return incoming / f"{name}.tmp"


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, readable by their owner only, so that they survive a power cut."""
    for parent in _make(folder):
        sync_file(parent)


def _make(folder: Path) -> list[Path]:
    """Make a folder and its parents; the folders whose content that changed, to be synced."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=OWNER_ONLY, exist_ok=True)
    return [each.parent for each in missing]


def move_into_place(moves: Iterable[tuple[Path, Path]]) -> None:
    """Rename written files to their final names: first all contents are synced, then the names."""
    moves = list(moves)
    for temporary, _ in moves:
        temporary.chmod(OWNER_ONLY_FILE)
        sync_file(temporary)
    changed: set[Path] = set()
    for temporary, final in moves:
        changed.update(_make(final.parent))
        temporary.replace(final)
        changed.add(final.parent)
    for folder in changed:
        sync_file(folder)


def sweep(folder: Path) -> int:
    """Remove what a killed run left behind; the number of files removed."""
    incoming = folder / INCOMING
    leftovers = list(incoming.iterdir()) if incoming.is_dir() else []
    for path in leftovers:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(leftovers)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a folder's lock; another process that wants it waits. The kernel releases it when the process ends."""
    make_folder(folder)
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
