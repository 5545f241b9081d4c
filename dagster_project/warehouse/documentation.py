"""dbt's documentation as one page that needs nothing but itself.

What belongs here: making the page, and making sure that it asks nobody anything. What doesn't: what it says, which is
in dbt's models and the glossary.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from dagster_project.warehouse.compiling import QUIET, CompileError

# dbt's page has a tracker in it, which it would load where usage statistics are on; and nothing else may be loaded.
TRACKER = "//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"
POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline' "
    "'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)
HEAD = "<head>"


def write_documentation(dbt_folder: Path, warehouse: Path, page: Path) -> None:
    """Write the page; `warehouse` gives types and sizes of what is published, where it is there already.

    Raises CompileError with dbt's own words when the models can't be documented.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _generate(dbt_folder, warehouse, folder)
        text = (Path(folder) / "static_index.html").read_text(encoding="utf-8")
    partial = page.with_name(f".{page.name}.part")
    partial.write_text(alone(text), encoding="utf-8")
    partial.rename(page)


def alone(text: str) -> str:
    """dbt's page without its tracker, and with the order to load nothing. Raises CompileError for another page."""
    if text.count(HEAD) != 1:
        raise CompileError(
            "dbt's documentation has no head any more: look at what this version of dbt writes."
        )
    return text.replace(TRACKER, "").replace(HEAD, HEAD + POLICY)


def _generate(dbt_folder: Path, warehouse: Path, folder: str) -> None:
    command = [
        sys.executable, "-m", "dbt.cli.main", "docs", "generate", "--quiet", "--static",
        "--project-dir", str(dbt_folder), "--profiles-dir", str(dbt_folder),
        "--target-path", folder, "--log-path", folder,
    ]  # fmt: skip
    env = {**os.environ, **QUIET}
    if warehouse.exists():
        env |= {"DBT_WAREHOUSE": str(warehouse), "DBT_ACCESS_MODE": "read_only"}
    else:
        command.append("--empty-catalog")
        env["DBT_WAREHOUSE"] = ":memory:"
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise CompileError(
            f"dbt could not document the models in {dbt_folder}:\n{result.stdout}{result.stderr}"
        )
