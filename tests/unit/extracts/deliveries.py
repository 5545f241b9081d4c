"""A landing folder and a home of one source, for tests: deliver, ingest, look at what came of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.extracts import (
    CompleteThrough,
    IngestReport,
    Source,
    Sources,
    complete_through,
    files_in_force,
    ingest_object,
    read_ledger,
)

NOW = datetime(2026, 3, 1, 6, 0)
CONTRACT_CURRENCY = "MXN"


class Deliveries:
    """One source `crm`; settings as in sources.yml."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.home = folder / "home"
        self.extracts = folder / "extracts"
        self.declare(**settings)
        (self.extracts / "crm").mkdir(parents=True, exist_ok=True)

    def declare(self, **settings: Any) -> None:
        defaults = {"name": "crm", "family": "standard", "currency": "MXN"}
        self.source = Source.model_validate({**defaults, **settings})

    @property
    def sources(self) -> Sources:
        return Sources({"crm": self.source})

    def deliver(self, object_name: str, file_name: str, content: bytes | str) -> Path:
        """Put a file in place as a writer should: whole, by renaming."""
        folder = self.extracts / "crm" / object_name
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / "_written.tmp"
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        return temporary.rename(folder / file_name)

    def remove(self, object_name: str, file_name: str) -> None:
        (self.extracts / "crm" / object_name / file_name).unlink()

    def ingest(self, object_name: str, run_id: str = "run-1") -> IngestReport:
        return ingest_object(
            self.home, self.extracts, self.source, object_name, CONTRACT_CURRENCY, run_id, NOW
        )

    def complete_through(self, as_of: date | None = None) -> CompleteThrough:
        return complete_through(self.home, self.sources, as_of)

    def accepted(
        self, object_name: str, columns: str = "*", as_of: date | None = None
    ) -> list[tuple[Any, ...]]:
        """The accepted rows in force, in order of date, part and line."""
        return self._rows("raw_path", object_name, columns, "_extract_date, _part nulls first, _line", as_of)

    def quarantined(
        self, object_name: str, columns: str = "line, reason, column_name"
    ) -> list[tuple[Any, ...]]:
        """The rows in quarantine that are in force, in order of date, file and line."""
        return self._rows("quarantine_path", object_name, columns, "extract_date, file_name, line", None)

    def _rows(
        self, path_column: str, object_name: str, columns: str, order: str, as_of: date | None
    ) -> list[tuple[Any, ...]]:
        files = files_in_force(self.home, self.sources, as_of)
        of_object = [row for row in files.to_pylist() if row["object"] == object_name and row[path_column]]
        if not of_object:
            return []
        return duckdb.execute(
            f"select {columns} from read_parquet($paths, union_by_name = true, hive_partitioning = false) "
            f"order by {order}",
            {"paths": [row[path_column] for row in of_object]},
        ).fetchall()

    def ledger(self, object_name: str) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = read_ledger(self.home).to_pylist()
        return [row for row in rows if row["object"] == object_name]

    def outcomes(self, object_name: str) -> list[tuple[str, int, str]]:
        """(file name, delivery, outcome as of now) of every delivery, in the ledger's order."""
        return [(row["file_name"], row["delivery"], row["outcome"]) for row in self.ledger(object_name)]

    def written_files(self) -> dict[str, bytes]:
        """Every Parquet file below raw/ and quarantine/ with its bytes."""
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for zone in ("raw", "quarantine")
            for path in sorted((self.home / zone).rglob("*.parquet"))
        }


def touch_again(path: Path) -> None:
    """Give a file a new time, as copying it anew would."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))
