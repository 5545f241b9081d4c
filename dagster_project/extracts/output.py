"""Where the rows of one delivery go: its raw Parquet and its quarantine, written under temporary names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .declarations import ObjectDeclaration
from .files import hash_of, incoming_path
from .planning import Task
from .rows import BadRows
from .values import ARROW_TYPES

SAMPLED_ROWS = 10_000
# Below, a column's compressor costs more to set up than it saves: such a file takes one block or a few of the disk.
SMALL_BYTES = 64 * 1024
QUARANTINE_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("object", pa.string()),
        ("extract_date", pa.date32()),
        ("file_name", pa.string()),
        ("line", pa.int64()),
        ("reason", pa.string()),
        ("column_name", pa.string()),
        ("row_text", pa.string()),
        ("sha256", pa.string()),
    ]
)


class Output:
    """Collects one delivery's rows. Nothing is visible before `moves` are carried out."""

    def __init__(self, home: Path, source: str, declaration: ObjectDeclaration, task: Task) -> None:
        self.task = task
        self.source = source
        self.declaration = declaration
        self.refusal: str | None = None
        self.header: tuple[str, ...] = ()
        self.rows_accepted = 0
        self.rows_quarantined = 0
        self.reasons: dict[str, int] = {}
        self.raw_sha256: str | None = None
        stem = f"{_file_part(task.name.part)}.{task.delivery}.{task.archived.sha256[:12]}"
        if task.replaces is not None:
            reading = task.replaces.reading if task.is_rebuild else task.reading
            stem += f".{reading}" if reading > 1 else ""
        place = Path(source, declaration.name, f"extract_date={task.name.extract_date}", f"{stem}.parquet")
        self.raw_path = str("raw" / place)
        self.quarantine_path = str("quarantine" / place)
        name = f"{task.name.extract_date}.{stem}"
        self._home = home
        self._raw_temporary = incoming_path(home / "raw" / source / declaration.name, name)
        self._quarantine_temporary = incoming_path(home / "quarantine" / source / declaration.name, name)
        self._raw: pq.ParquetWriter | None = None
        self._quarantine: pq.ParquetWriter | None = None

    @property
    def rows_read(self) -> int:
        return self.rows_accepted + self.rows_quarantined

    def accept(
        self,
        listed: Mapping[str, pa.Array],
        further: Mapping[str, pa.Array],
        lines: pa.Array,
        hashes: pa.Array,
    ) -> None:
        """Add accepted rows: typed listed columns, further ones as text, line numbers and row hashes."""
        count = len(lines)
        task = self.task
        file_name = f"{self.source}/{self.declaration.name}/{task.file_name}"
        columns = {
            **listed,
            **further,
            "_source": _constant(self.source, count),
            "_extract_date": pa.repeat(pa.scalar(task.name.extract_date, pa.date32()), count),
            "_part": _constant(task.name.part, count),
            "_file": _constant(file_name, count),
            "_line": lines,
            "_row_hash": hashes,
        }
        table = pa.table(columns)
        if self._raw is None:
            self._raw = _writer(self._raw_temporary, table)
        self._raw.write_table(table)
        self.rows_accepted += count

    def set_aside(self, rows: Sequence[BadRows]) -> None:
        """Add rows to the quarantine, in order of their lines."""
        count = sum(len(part) for part in rows)
        if count == 0:
            return
        task = self.task
        lines = np.concatenate([part.lines for part in rows])
        reasons = pa.concat_arrays([part.reasons for part in rows])
        table = pa.table(
            {
                "source": pa.repeat(self.source, count),
                "object": pa.repeat(self.declaration.name, count),
                "extract_date": pa.repeat(pa.scalar(task.name.extract_date, pa.date32()), count),
                "file_name": pa.repeat(task.file_name, count),
                "line": pa.array(lines, pa.int64()),
                "reason": reasons,
                "column_name": pa.concat_arrays([part.columns for part in rows]),
                "row_text": pa.concat_arrays([part.texts for part in rows]),
                "sha256": pa.repeat(task.archived.archived_as, count),
            },
            schema=QUARANTINE_SCHEMA,
        ).take(pa.array(np.argsort(lines, kind="stable")))
        if self._quarantine is None:
            self._quarantine = _writer(self._quarantine_temporary, table)
        self._quarantine.write_table(table)
        self.rows_quarantined += count
        for counted in pc.value_counts(reasons).to_pylist():
            self.reasons[counted["values"]] = self.reasons.get(counted["values"], 0) + counted["counts"]

    def refuse(self, reason: str) -> None:
        """Nothing of the file is loaded."""
        self.refusal = reason
        self._close()
        self._raw_temporary.unlink(missing_ok=True)
        self._quarantine_temporary.unlink(missing_ok=True)
        self.rows_accepted = self.rows_quarantined = 0
        self.reasons = {}

    def finish(self) -> list[tuple[Path, Path]]:
        """Close the files; what is to be moved where for them to count. A file without rows is an empty table."""
        if self.refusal is not None:
            return []
        if self._raw is None:
            nothing = {
                column.name: pa.array([], ARROW_TYPES[column.type]) for column in self.declaration.columns
            }
            self.accept(nothing, {}, pa.array([], pa.int64()), pa.array([], pa.uint64()))
        has_quarantine = self._quarantine is not None
        self._close()
        self.raw_sha256 = hash_of(self._raw_temporary)
        moves = [(self._raw_temporary, self._home / self.raw_path)]
        if has_quarantine:
            moves.append((self._quarantine_temporary, self._home / self.quarantine_path))
        return moves

    @property
    def written_path(self) -> Path:
        """The raw Parquet before it is moved into place."""
        return self._raw_temporary

    def _close(self) -> None:
        for writer in (self._raw, self._quarantine):
            if writer is not None:
                writer.close()
        self._raw = self._quarantine = None


def _writer(path: Path, first: pa.Table) -> pq.ParquetWriter:
    """A writer for tables like the first: dictionaries only for columns whose values repeat, differences for times,
    and compression unless there is next to nothing to compress."""
    sample = first.slice(0, SAMPLED_ROWS)
    repeating = [
        field.name
        for field, values in zip(sample.schema, sample.columns, strict=True)
        if pa.types.is_dictionary(field.type)
        or (
            (pa.types.is_string(field.type) or pa.types.is_date(field.type))
            and pc.count_distinct(values).as_py() * 4 <= sample.num_rows
        )
    ]
    rising = {
        field.name: "DELTA_BINARY_PACKED"
        for field in first.schema
        if pa.types.is_timestamp(field.type) or field.name in ("_line", "line")
    }
    return pq.ParquetWriter(
        path,
        first.schema,
        compression="none" if first.nbytes < SMALL_BYTES else "zstd",
        store_schema=False,
        use_dictionary=repeating,
        column_encoding=rising,
    )


def _file_part(part: str | None) -> str:
    """A part as part of a path that no shell and no engine reads as a pattern or passes over."""
    if part is None:
        return "-"
    is_plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", part)
    return part if is_plain else f"part-{hashlib.sha256(part.encode()).hexdigest()[:12]}"


def _constant(text: str | None, count: int) -> pa.Array:
    """One text for all rows, stored once."""
    if text is None:
        return pa.nulls(count, pa.dictionary(pa.int8(), pa.string()))
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int8)), pa.array([text]))
