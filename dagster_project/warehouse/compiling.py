"""dbt's models as plain SQL: compiled once for each state of the dbt folder, and kept beside dbt's other output.

Compiling needs no warehouse: what a model reads is known by its name alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE_FOLDERS = ("models", "macros", "tests")
QUIET = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_WAREHOUSE": "warehouse.duckdb"}


class CompileError(RuntimeError):
    """dbt could not compile the models; the message holds what dbt said."""


def compiled_manifest(dbt_folder: Path) -> Path:
    """The manifest with every model's compiled code, made anew when anything in the dbt folder has changed.

    Raises CompileError with dbt's own words when a model doesn't compile.
    """
    dbt_folder = dbt_folder.resolve()
    folder = dbt_folder / "target" / "bare" / _fingerprint(dbt_folder)
    manifest = folder / "manifest.json"
    if manifest.exists():
        return manifest
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / ".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not manifest.exists():
            _compile(dbt_folder, folder)
    return manifest


def _fingerprint(dbt_folder: Path) -> str:
    digest = hashlib.sha256()
    files = [dbt_folder / "dbt_project.yml", dbt_folder / "profiles.yml"]
    for name in SOURCE_FOLDERS:
        files += [path for path in (dbt_folder / name).rglob("*") if path.is_file()]
    for path in sorted(files):
        digest.update(str(path.relative_to(dbt_folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _compile(dbt_folder: Path, folder: Path) -> None:
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    command = [
        sys.executable, "-m", "dbt.cli.main", "compile", "--quiet", "--no-introspect", "--no-populate-cache",
        "--project-dir", str(dbt_folder), "--profiles-dir", str(dbt_folder),
        "--target-path", str(partial), "--log-path", str(partial),
    ]  # fmt: skip
    result = subprocess.run(command, env={**os.environ, **QUIET}, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise CompileError(
            f"dbt could not compile the models in {dbt_folder}:\n{result.stdout}{result.stderr}"
        )
    partial.rename(folder)
