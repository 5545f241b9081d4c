"""Ingestion into a home on a disk of its own that is too small, or can't be written to.

Runs in a mount namespace: `unshare --mount python -m tests.faults.small_disk grow|read_only <template> <folder>`. What
was found is printed as JSON, since the disk is gone when the process ends.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from dagster_project.extracts import ingest as ingest_module
from tests.faults.landing import FILES_AT_ONCE, ingest_all, leftovers_of, problems_of, tables
from tests.unit.extracts.deliveries import Deliveries

STEP_BYTES = 64 * 1024
ENOUGH_BYTES = 256 * 1024 * 1024


def disk_of(template: Path, folder: Path) -> Deliveries:
    """A home on a disk in memory, with what the template's home holds."""
    home = folder / "home"
    home.mkdir()
    (folder / "extracts").symlink_to(template / "extracts")
    _mount("-t", "tmpfs", "-o", f"size={ENOUGH_BYTES}", "none", str(home))
    shutil.copytree(template / "home", home, dirs_exist_ok=True)
    return Deliveries(folder)


def attempt(crm: Deliveries, run_id: str) -> dict[str, Any] | None:
    """What went wrong, and what of the home is half after it; None if nothing did."""
    try:
        ingest_all(crm, run_id)
    except Exception as error:
        return {
            "kind": type(error).__name__,
            "is_os_error": isinstance(error, OSError),
            "message": str(error),
            "problems": problems_of(crm.home),
        }
    return None


def grow(crm: Deliveries) -> dict[str, Any]:
    errors: list[dict[str, Any]] = []
    size = -(-_used_bytes(crm.home) // STEP_BYTES) * STEP_BYTES
    while True:
        _mount("-o", f"remount,size={size}", str(crm.home))
        error = attempt(crm, f"run-{size}")
        if error is None:
            return {"errors": errors, "tables": tables(crm), "leftovers": _names(leftovers_of(crm.home))}
        errors.append(error)
        size = max(size, _used_bytes(crm.home)) + STEP_BYTES


def read_only(crm: Deliveries) -> dict[str, Any]:
    before = _names(crm.home.rglob("*"))
    _mount("-o", "remount,ro", str(crm.home))
    error = attempt(crm, "run-denied")
    unchanged = before == _names(crm.home.rglob("*"))
    _mount("-o", "remount,rw", str(crm.home))
    ingest_all(crm, "run-allowed")
    return {"errors": [error] if error else [], "unchanged": unchanged, "tables": tables(crm)}


def _names(paths: Any) -> list[str]:
    return sorted(str(path) for path in paths)


def _used_bytes(home: Path) -> int:
    return shutil.disk_usage(home).used


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    ingest_module.FILES_AT_ONCE = FILES_AT_ONCE
    what = {"grow": grow, "read_only": read_only}[sys.argv[1]]
    print(json.dumps(what(disk_of(Path(sys.argv[2]), Path(sys.argv[3])))))
