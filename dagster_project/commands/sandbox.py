"""`make sandbox`: what a changed model or contract rule does to the published attainment, before anybody proposes it.

What is published is built again from the same deliveries, as of the same instant, with the models and the contracts as
they are in the working copy (or in other folders), and set beside what is published. Everything is written under
`$SLA_HOME/sandbox/`; raw, ledger and history are only read.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.attainment import attainment_table, compute_attainment
from dagster_project.commands.console import Console
from dagster_project.contract import ContractErrors, Contracts, contract_tables, load_contracts
from dagster_project.decisions.history import HistoryError, Publication
from dagster_project.defs.building import CONTRACTS_FOLDER
from dagster_project.defs.publications import published_publication
from dagster_project.defs.replays import HOLIDAYS_FOLDER, PREFIX, InForce, built_again
from dagster_project.settings import Settings
from dagster_project.warehouse.attainment_table import read_aggregates, replace_months
from dagster_project.warehouse.compiling import QUIET
from dagster_project.warehouse.failures import failed_nodes
from dagster_project.warehouse.inputs import BuildInputsError
from dagster_project.warehouse.locking import BuildInUseError, build_lock
from dagster_project.warehouse.publish import WAREHOUSE_FILE_NAME
from dagster_project.warehouse.quoting import literal

SANDBOX = "sandbox"
# The deliveries in the standard form are there before dbt begins, as in a run.
MADE_BY_THE_BUILD = "config.schema:raw"
SHOWN = ("target", "actual", "met", "breached", "pending", "status")
COMPARED = f"""
select
    coalesce(published.period, sandbox.period) as period,
    coalesce(published.commitment_id, sandbox.commitment_id) as commitment_id,
    {", ".join(f"published.{name} as published_{name}, sandbox.{name} as sandbox_{name}" for name in SHOWN)}
from published.marts.sla_attainment as published
full join sandbox.marts.sla_attainment as sandbox
    on published.period = sandbox.period and published.commitment_id = sandbox.commitment_id
where {" or ".join(f"published.{name} is distinct from sandbox.{name}" for name in SHOWN)}
order by period, commitment_id
"""


class SandboxError(ValueError):
    """There is nothing to set beside; the message says what to do."""


@dataclass(frozen=True)
class Tried:
    """What came of a sandbox: changed rows of `sla_attainment` (by column, of either side), what was changed, and the
    models and tests that failed, in words; None when all passed."""

    rows: Sequence[Mapping[str, Any]]
    changed_models: Sequence[str]
    changed_contracts: Sequence[str]
    failures: str | None
    warehouse: Path


def main(settings: Settings, console: Console, contracts: str | None = None, dbt: str | None = None) -> int:
    """Returns 0 when the models were built and every test passed, else 1; the difference is printed in both cases."""
    contracts_folder = (
        settings.contracts if contracts is None else settings.project / Path(contracts).expanduser()
    )
    dbt_folder = settings.dbt if dbt is None else settings.project / Path(dbt).expanduser()
    try:
        with console.working("building the sandbox, and running the tests"):
            tried = try_out(settings, contracts_folder, dbt_folder)
    except (BuildInputsError, BuildInUseError, ContractErrors, HistoryError, SandboxError) as error:
        console.fail(str(error))
        return 1
    console.print(difference_text(tried))
    if tried.failures is not None:
        console.fail(tried.failures)
        return 1
    console.print(f"All models were built and all of dbt's tests passed. The sandbox: {tried.warehouse}")
    return 0


def try_out(settings: Settings, contracts_folder: Path, dbt_folder: Path) -> Tried:
    """Build what is published again with these contracts and models, and run dbt's tests, unit tests included.

    Raises SandboxError when nothing is published or can be built again, or when a model fails, and what the contracts
    and the build raise.
    """
    if not (dbt_folder / "dbt_project.yml").is_file():
        raise SandboxError(f"{dbt_folder} holds no dbt_project.yml: name a copy of the project's dbt folder.")
    publication = _published(settings)
    contracts = load_contracts(contracts_folder)
    folder = settings.home / SANDBOX
    with build_lock(folder, f"a sandbox, process {os.getpid()}"):
        for path in (*folder.glob("[!.]*"), *folder.glob(f"{PREFIX}*")):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        # holidays of a version that is used for the first time must not come into the history
        holidays = folder / HOLIDAYS_FOLDER
        if (settings.history / HOLIDAYS_FOLDER).is_dir():
            shutil.copytree(settings.history / HOLIDAYS_FOLDER, holidays)
        warehouse = folder / WAREHOUSE_FILE_NAME
        under = InForce(contracts, contract_tables(contracts))
        with built_again(
            settings, publication, folder, is_needed=lambda _: False, under=under, holidays=holidays
        ) as opened:
            opened.rename(warehouse)
        failures = _dbt("run", dbt_folder, folder, warehouse)
        if failures is not None:
            raise SandboxError(failures)
        rows = attainment_table(compute_attainment(**vars(read_aggregates(warehouse))))
        replace_months(warehouse, rows, set(rows["period"].to_pylist()))
        changed_models = _changed_models(
            settings.build / "dbt" / "manifest.json", folder / "dbt" / "manifest.json"
        )
        failures = _dbt("test", dbt_folder, folder, warehouse)
        return Tried(
            _compared(settings.published / WAREHOUSE_FILE_NAME, warehouse),
            changed_models,
            _changed_contracts(publication, contracts),
            failures,
            warehouse,
        )


def difference_text(tried: Tried) -> str:
    """What was changed, and the rows of the attainment that differ: published, then in the sandbox."""
    lines = [
        f"Changed models: {', '.join(tried.changed_models) or 'none'}",
        f"Changed contract files: {', '.join(tried.changed_contracts) or 'none'}",
        "",
    ]
    if not tried.rows:
        return "\n".join([*lines, "The attainment is the same in every month and commitment.", ""])
    table: list[tuple[str, ...]] = [("month", "commitment", "", *SHOWN)]
    for row in tried.rows:
        for side in ("published", "sandbox"):
            is_first = side == "published"
            table.append(
                (
                    f"{row['period']:%Y-%m}" if is_first else "",
                    row["commitment_id"] if is_first else "",
                    side,
                    *(_shown(row[f"{side}_{name}"]) for name in SHOWN),
                )
            )
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in table
    ]
    return "\n".join([*lines, ""])


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float | Decimal):
        return f"{float(value):.6g}"
    return str(value)


def _published(settings: Settings) -> Publication:
    if settings.as_of is not None:
        raise SandboxError(
            "A sandbox stands beside what is published, not beside another day. Take SLA_AS_OF out."
        )
    return published_publication(settings)


def _dbt(command: str, dbt_folder: Path, folder: Path, warehouse: Path) -> str | None:
    """Run dbt over the sandbox's warehouse; what failed, in words, or None."""
    target = folder / "dbt"
    result = subprocess.run(
        [
            sys.executable, "-m", "dbt.cli.main", command, "--quiet", "--exclude", MADE_BY_THE_BUILD,
            "--project-dir", str(dbt_folder), "--profiles-dir", str(dbt_folder),
            "--target-path", str(target), "--log-path", str(target),
        ],
        env={**os.environ, **QUIET, "DBT_WAREHOUSE": str(warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if result.returncode == 0:
        return None
    return failed_nodes(target, warehouse) or f"dbt {command} failed:\n{result.stdout}{result.stderr}"


def _changed_models(published: Path, sandbox: Path) -> list[str]:
    """The models and macros whose text is another than that of the latest build, or that only one of them has."""
    if not published.is_file():
        return [f"unknown ({published} is gone)"]
    then, now = _definitions(published), _definitions(sandbox)
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def _definitions(manifest: Path) -> dict[str, str]:
    said = json.loads(manifest.read_text(encoding="utf-8"))
    project = said["metadata"]["project_name"]
    models = {
        node["name"]: node["checksum"]["checksum"]
        for node in said["nodes"].values()
        if node["resource_type"] == "model"
    }
    macros = {
        f"macro {macro['name']}": macro["macro_sql"]
        for macro in said["macros"].values()
        if macro["package_name"] == project
    }
    return models | macros


def _changed_contracts(publication: Publication, contracts: Contracts) -> list[str]:
    """The files of signed versions that are others than the publication rests on."""
    signed = {version.version for version in contracts.signed}
    now = {
        f"{CONTRACTS_FOLDER}/{Path(name).name}": hashlib.sha256(Path(name).read_bytes()).hexdigest()
        for version, name in contracts.file_names.items()
        if version in signed
    }
    then = {
        name: digest
        for name, digest in publication.documents.items()
        if name.startswith(f"{CONTRACTS_FOLDER}/")
    }
    return sorted(Path(name).name for name in {*then, *now} if then.get(name) != now.get(name))


def _compared(published: Path, sandbox: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, path in (("published", published), ("sandbox", sandbox)):
            connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
        cursor = connection.execute(COMPARED)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
