"""The archive: every delivered file as it came, under its content's hash. It is written before a file is read."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from .files import incoming_path, make_folder, move_into_place
from .landing import LandedFile, stamp_of

BLOCK_BYTES = 1024 * 1024
ZEROS = bytes(BLOCK_BYTES)


class StillWritten(Exception):
    """The file changed or went away while it was read: it is left for the next run."""


class CannotBeRead(Exception):
    """The file is there but can't be opened."""


@dataclass(frozen=True)
class Archived:
    """A delivered file in the archive."""

    sha256: str
    size_bytes: int


def archive_path(home: Path, sha256: str) -> Path:
    return home / "archive" / sha256[:2] / sha256


def archive_folder(home: Path) -> Path:
    return home / "archive"


def keep(home: Path, file: LandedFile, owner: str) -> Archived:
    """Copy a landed file into the archive and hash it, in one reading; `owner` names the temporary file.

    Raises StillWritten when the file changes meanwhile, CannotBeRead when it can't be opened.
    """
    try:
        descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            raise StillWritten("it was moved or replaced") from error
        raise CannotBeRead(error.strerror) from error
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode) or stamp_of(before) != file.stamp:
            raise StillWritten("it changed while the folder was listed")
        temporary = incoming_path(archive_folder(home), owner)
        sha256, size = _copy(stream, temporary)
        if stamp_of(os.fstat(descriptor)) != file.stamp or size != file.size_bytes:
            temporary.unlink()
            raise StillWritten("it changed while it was read")
    final = archive_path(home, sha256)
    if final.exists() and final.stat().st_size == size:
        temporary.unlink()
    else:
        move_into_place([(temporary, final)])
    return Archived(sha256, size)


def _copy(stream: object, temporary: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    block = bytearray(BLOCK_BYTES)
    view = memoryview(block)
    with temporary.open("wb", buffering=0) as copy:
        while count := stream.readinto(block):  # type: ignore[attr-defined]
            digest.update(view[:count])
            # A hole stays a hole: a sparse file of zeros must not fill the disk.
            if count == BLOCK_BYTES and block == ZEROS:
                copy.seek(count, os.SEEK_CUR)
            else:
                _write_all(copy.fileno(), view[:count])
            size += count
        copy.truncate(size)
    return digest.hexdigest(), size


def _write_all(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def prepare(home: Path) -> None:
    make_folder(archive_folder(home))
