"""The archive: every delivered file as it came, under its content's hash. It is written before a file is read."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .files import DamagedStore, hash_of, incoming_path, make_folder, move_into_place
from .landing import LandedFile, stamp_of

BLOCK_BYTES = 1024 * 1024
ZEROS = bytes(BLOCK_BYTES)


class StillWritten(Exception):
    """The file changed or went away while it was read: it is left for the next run."""


class CannotBeRead(Exception):
    """The file is there but can't be opened."""


@dataclass(frozen=True)
class Archived:
    """A delivered file in the archive: `sha256` and `size_bytes` are those of what was delivered.

    Where rows were erased, `kept_sha256` is the hash of what is kept of it, without `rows_erased` of its rows.
    """

    sha256: str
    size_bytes: int
    kept_sha256: str | None = None
    rows_erased: int = 0

    @property
    def archived_as(self) -> str:
        """The hash by which the archive has it."""
        return self.kept_sha256 or self.sha256


@dataclass(frozen=True)
class Cut:
    """A file without some of its rows, under a temporary name."""

    path: Path
    sha256: str
    rows: int


def archive_path(home: Path, sha256: str) -> Path:
    return home / "archive" / sha256[:2] / sha256


def archive_folder(home: Path) -> Path:
    return home / "archive"


def keep(
    home: Path, file: LandedFile, owner: str, cut: Callable[[Path], Cut | None] = lambda _: None
) -> Archived:
    """Copy a landed file into the archive and hash it, in one reading; `owner` names the temporary file.

    What is kept is what `cut` leaves of it; None is all of it. Raises StillWritten when the file changes meanwhile,
    CannotBeRead when it can't be opened.
    """
    try:
        descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            raise StillWritten("it was moved or replaced") from error
        raise CannotBeRead(error.strerror) from error
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode) or stamp_of(before) != file.stamp:
            raise StillWritten("it changed while the folder was listed")
        temporary = incoming_path(archive_folder(home), owner)
        sha256 = _copy(descriptor, file.size_bytes, temporary)
        if stamp_of(os.fstat(descriptor)) != file.stamp:
            temporary.unlink()
            raise StillWritten("it changed while it was read")
    finally:
        os.close(descriptor)
    without = cut(temporary)
    if without is None:
        _place(home, temporary, sha256)
        return Archived(sha256, file.size_bytes)
    _place(home, without.path, without.sha256)
    temporary.unlink()
    return Archived(sha256, file.size_bytes, without.sha256, without.rows)


def place(home: Path, cut: Cut) -> None:
    """Put what is left of an archived file beside it; the file itself stays until nobody refers to it."""
    _place(home, cut.path, cut.sha256)


def _place(home: Path, temporary: Path, sha256: str) -> None:
    # Also where the archive has these bytes already: what came again replaces what may have been damaged since.
    move_into_place([(temporary, archive_path(home, sha256))])


def check(home: Path, archived: Archived, what: str) -> None:
    """Make sure that the archive still has what it was given. Raises DamagedStore, which calls the delivery `what`."""
    path = archive_path(home, archived.archived_as)
    try:
        is_sound = hash_of(path) == archived.archived_as
    except FileNotFoundError:
        is_sound = False
    if not is_sound:
        found = "damaged" if path.exists() else "missing"
        raise DamagedStore(
            f"{what} has to be read again, but its archived copy {path} is {found}. Restore it from a backup, or put "
            "the same file into the landing folder once more."
        )


def _copy(descriptor: int, size: int, temporary: Path) -> str:
    """Copy `size` bytes and hash them. A hole stays a hole: a sparse file of zeros must not fill the disk."""
    digest = hashlib.sha256()
    with temporary.open("wb", buffering=0) as copy:
        position = 0
        while position < size:
            data_begins = _next_data(descriptor, position, size)
            if data_begins > position:
                _hash_zeros(digest, data_begins - position)
                position = data_begins
                continue
            block = os.pread(descriptor, min(size - position, BLOCK_BYTES), position)
            if not block:
                break  # it has become shorter, as its stamp will show
            digest.update(block)
            _write_all(copy.fileno(), memoryview(block), position)
            position += len(block)
        copy.truncate(position)
    return digest.hexdigest()


def _hash_zeros(digest: hashlib._Hash, count: int) -> None:
    for first in range(0, count, BLOCK_BYTES):
        digest.update(ZEROS[: min(BLOCK_BYTES, count - first)])


def _next_data(descriptor: int, position: int, size: int) -> int:
    """Where data begins at or after a position: what lies before is a hole."""
    try:
        return min(os.lseek(descriptor, position, os.SEEK_DATA), size)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return size
        return position


def _write_all(descriptor: int, data: memoryview, position: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, position)
        data, position = data[written:], position + written


def prepare(home: Path, owner: str) -> None:
    """Make the folder, and remove what a killed run of the same owner left half written."""
    make_folder(archive_folder(home))
    for leftover in (owner, f"{owner}.cut"):
        incoming_path(archive_folder(home), leftover).unlink(missing_ok=True)
