"""Rows that name somebody who was forgotten, taken out of delivered files: of those in the archive, and of new ones.

What belongs here: which rows of a file name somebody, the file without them, and what of the archive, raw and
quarantine nobody refers to any more. What doesn't: reading a file again (`ingest`), and the list itself
(`suppression`).
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import ledger
from .archive import Cut, archive_folder, archive_path
from .cutting import cut_rows
from .declarations import ObjectDeclaration
from .declarations.persons import NamingColumns, naming_columns
from .files import incoming_path, move_into_place, sync_file
from .landing import ExtractName
from .reading import read_chunks
from .rows import KEPT_OF_LARGE_ROW_BYTES, Chunk, Flags, Integers
from .sources import Source
from .suppression import Name, Suppression
from .text_stream import RefusedFile

SEARCHED_BYTES = 1024 * 1024
LONGEST_CHARACTER_BYTES = 4
MARK = ".erased"
NOWHERE: Integers = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Naming:
    """The lines of a file's rows that name somebody, and the ids by which those rows stand for the same person.

    A file that can't be read as rows `is_unreadable`: it names somebody as a whole. `too_large` are the lines of rows
    of which only the beginning was looked at, whoever they name.
    """

    lines: Integers
    own: tuple[Name, ...] = ()
    is_unreadable: bool = False
    too_large: Integers = field(default_factory=lambda: NOWHERE)

    def __bool__(self) -> bool:
        return self.is_unreadable or len(self.lines) > 0


class Eraser:
    """Looks for the people of a suppression list in files of one source object."""

    def __init__(
        self, home: Path, source: Source, declaration: ObjectDeclaration, list_: Suppression
    ) -> None:
        self.home = home
        self.source = source
        self.declaration = declaration
        self.list = list_
        self.naming = naming_columns(source.family, declaration.name)
        self.found: list[Name] = []
        """Ids of rows that were cut: more ways in which the same people are named."""
        # Opened once for all files: a connection costs more than a small file.
        self._reading = duckdb.connect()
        self._looking = duckdb.connect()

    def close(self) -> None:
        self._reading.close()
        self._looking.close()

    def cut(self, path: Path, name: ExtractName, owner: str) -> Cut | None:
        """A file without the rows that name somebody, under a temporary name in the archive; None if none does.

        A file that can't be read as rows and names somebody becomes an empty one.
        """
        naming = self.look(path, name)
        target = incoming_path(archive_folder(self.home), f"{owner}.cut")
        lines = naming.lines
        if len(naming.too_large) and self._names_beside(path, target, name, lines):
            lines = np.union1d(lines, naming.too_large)
        if naming.is_unreadable:
            target.write_bytes(b"")
        elif len(lines):
            cut_rows(path, target, name, self.source, lines)
            if self.look(target, name):
                raise AssertionError(f"{path} still names somebody after {len(lines)} rows were cut")
        else:
            return None
        self.found += naming.own
        with target.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return Cut(target, sha256, len(lines))

    def _names_beside(self, path: Path, target: Path, name: ExtractName, lines: Integers) -> bool:
        """Whether a file names somebody beside some lines' rows, however deep in a row that is too large to be read."""
        if len(lines):
            cut_rows(path, target, name, self.source, lines)
            path = target
        return self._is_named_in_text(path, name, only_distinctive=True)

    def look(self, path: Path, name: ExtractName) -> Naming:
        """The rows of a file that name somebody."""
        lines: list[Integers] = []
        too_large: list[Integers] = []
        own: list[Name] = []
        try:
            _, chunks = read_chunks(self._reading, path, name, self.source, self.declaration)
            for chunk in chunks:
                flags = self.list.rows_naming(self._looking, chunk.columns, self.naming)
                if flags.any():
                    lines.append(chunk.lines[flags])
                    own += self._own(chunk, flags)
                for bad in chunk.bad:
                    lines.append(bad.lines[self._texts_naming(bad.texts)])
                    too_large.append(bad.lines[_is_beginning(bad.texts)])
        except RefusedFile:
            return self._look_into_unreadable(path, name)
        found, cut_off = (np.sort(np.concatenate([NOWHERE, *each])) for each in (lines, too_large))
        return Naming(found, tuple(dict.fromkeys(own)), too_large=cut_off)

    def _texts_naming(self, texts: pa.Array, *, only_distinctive: bool = False) -> Flags:
        kinds = {kind for of_column in self.naming.ids.values() for kind in of_column}
        return self.list.texts_naming(
            self._looking, texts, kinds=sorted(kinds), only_distinctive=only_distinctive
        )

    def _own(self, chunk: Chunk, flags: Flags) -> list[Name]:
        """The ids of the rows themselves, where a row names nobody else beside."""
        own = self.naming.own
        if own is None or own not in chunk.columns:
            return []
        theirs = flags.copy()
        for column, kinds in self.naming.ids.items():
            if column != own and column in chunk.columns:
                values = chunk.columns[column]
                listed = self.list.rows_naming(
                    self._looking, {column: values}, NamingColumns({column: kinds})
                )
                theirs &= listed | values.is_null().to_numpy(zero_copy_only=False)
        ids = chunk.columns[own].filter(pa.array(theirs)).drop_null().unique()
        return [
            name
            for name in (Name(self.naming.ids[own][0], text) for text in ids.to_pylist())
            if not self.list.holds(name)
        ]

    def _look_into_unreadable(self, path: Path, name: ExtractName) -> Naming:
        """A file that was refused: searched as text. Damaged Parquet can't be searched, and counts as naming."""
        if path.stat().st_size == 0:
            return Naming(NOWHERE)
        if name.kind == "parquet":
            return Naming(NOWHERE, is_unreadable=bool(self.naming.ids))
        return Naming(NOWHERE, is_unreadable=self._is_named_in_text(path, name))

    def _is_named_in_text(self, path: Path, name: ExtractName, *, only_distinctive: bool = False) -> bool:
        encodings = sorted({"utf-8", self.source.codec, "utf-16"})
        return any(
            self._texts_naming(
                pa.array([block.decode(encoding, "replace") for encoding in encodings]),
                only_distinctive=only_distinctive,
            ).any()
            for block in _blocks(path, name.is_compressed)
        )


def _is_beginning(texts: pa.Array) -> Flags:
    """Which texts are all that was kept of rows that are too large to be held."""
    sizes = pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False)
    flags: Flags = sizes > KEPT_OF_LARGE_ROW_BYTES - LONGEST_CHARACTER_BYTES
    return flags


def _blocks(path: Path, is_compressed: bool) -> Iterator[bytes]:
    """A file's bytes, as far as they can be expanded, in pieces that overlap by more than a name's length."""
    overlap = b""
    with path.open("rb") as file:
        stream = gzip.GzipFile(fileobj=file) if is_compressed else file
        while True:
            try:
                block = stream.read(SEARCHED_BYTES)
            except (EOFError, OSError, zlib.error):
                return
            if not block:
                return
            yield overlap + block
            overlap = (overlap + block)[-2048:]


# ---------------------------------------------------------------- what is done, and what nobody refers to any more


def erased_through(home: Path, source: str, object_name: str) -> str | None:
    """The digest of the list that all deliveries of a source object have been looked through by."""
    mark = ledger.object_folder(home, source, object_name) / MARK
    return mark.read_text(encoding="utf-8") if mark.exists() else None


def mark_erased(home: Path, source: str, object_name: str, digest: str) -> None:
    folder = ledger.object_folder(home, source, object_name)
    temporary = incoming_path(folder, MARK)
    temporary.write_text(digest, encoding="utf-8")
    move_into_place([(temporary, folder / MARK)])


def drop_unreferenced(home: Path, source: str, object_name: str) -> None:
    """Delete the Parquet of earlier readings: raw and quarantine files that the ledger no longer names."""
    rows = ledger.read_object(home, source, object_name)
    named = {path for row in rows for path in (row.raw_path, row.quarantine_path) if path}
    for zone in ("raw", "quarantine"):
        for path in (home / zone / source / object_name).glob("extract_date=*/*.parquet"):
            if str(path.relative_to(home)) not in named:
                path.unlink()
                sync_file(path.parent)


def drop_erased_originals(home: Path) -> None:
    """Delete from the archive what was rewritten since, once no delivery of any object refers to it."""
    ever: set[str] = set()
    kept: set[str] = set()
    for source, object_name in ledger.objects_with_ledger(home):
        ever |= ledger.hashes_before_erasure(home, source, object_name)
        kept |= {row.archived_as for row in ledger.read_object(home, source, object_name)}
    for sha256 in ever - kept:
        path = archive_path(home, sha256)
        if path.exists():
            path.unlink()
            sync_file(path.parent)
