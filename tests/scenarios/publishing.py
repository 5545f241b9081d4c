"""Publishing a history several times over, as the production run does: build, compare with what was published, publish.

What belongs here: the order in which the steps are called, and how a history grows between two publications. What
doesn't: what is looked for in them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from dagster_project.attainment import METRICS, attainment_table, compute_attainment
from dagster_project.civil_time import local_to_utc
from dagster_project.contract import calendar_tables, contract_tables, load_contracts
from dagster_project.decisions.causes import (
    AFTER,
    BEFORE,
    PUBLISHED,
    Evidence,
    Explained,
    explain,
    is_replayed,
)
from dagster_project.decisions.changes import attainment_changes, history_schema, restated_figures
from dagster_project.decisions.history import (
    Additions,
    Publication,
    commit,
    deliveries_in_force,
    kept_deliveries,
    kept_documents,
    kept_rows,
    next_publication,
    prepare,
    publications,
    raw_files_of,
    recover,
)
from dagster_project.decisions.simulation import SideBySide, compare, draft_in_force
from dagster_project.extracts import files_in_force, load_sources, objects_of, read_ledger, settings_tables
from dagster_project.warehouse.attainment_table import read_aggregates, replace_months
from dagster_project.warehouse.inputs import BuildInputs, connect_build, open_raw
from dagster_project.warehouse.statements import run_models
from tests.pipeline import build, compiled_project
from tests.scenarios.history import History

FIRST_PUBLISHED_AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Published:
    """What one publication added to the history."""

    publication: Publication
    attainment: pa.Table
    changes: pa.Table
    explained: Explained

    def restatements(self) -> dict[tuple[str, str], Mapping[str, object]]:
        """The restatements by (period as YYYY-MM, commitment)."""
        return {
            (f"{row['period']:%Y-%m}", row["commitment_id"]): row
            for row in self.explained.restatements.to_pylist()
        }

    def causes(self) -> dict[tuple[str, str], str]:
        return {key: str(row["causes"]) for key, row in self.restatements().items()}


class Company:
    """A folder of extracts, contracts and sources that grows, and what is published from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.history = self.home / "history"

    def deliver(self, history: History, replace: bool = False) -> None:
        """Deliver a history's files; those of a name that was delivered before only where they `replace` it."""
        with tempfile.TemporaryDirectory() as folder:
            history.write(Path(folder))
            for path in sorted(Path(folder).rglob("*")):
                target = self.folder / path.relative_to(folder)
                is_extract = "extracts" in path.relative_to(folder).parts
                if path.is_file() and (replace or not is_extract or not target.exists()):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, target)

    def publish(self, as_of: date | None = None) -> Published:
        """Build and publish. An as-of run compares as a run made then would have, and keeps nothing."""
        recover(self.history, self._published_id())
        result = build(self.folder, self.home, as_of)
        result.connection.complete()
        attainment = attainment_table(result.frame("select * from marts.sla_attainment"))
        build_file = self.home / "build.duckdb"
        build_file.unlink(missing_ok=True)
        result.connection.execute(f"attach '{build_file}' as written")
        result.connection.execute("copy from database warehouse to written")
        result.connection.close()

        made = publications(self.history, until=None if as_of is None else result.complete_through)
        documents = self._documents()
        publication = next_publication(
            self.history,
            f"run{len(made) + 1}",
            FIRST_PUBLISHED_AT + timedelta(days=len(made)),
            result.complete_through,
            documents,
        )
        ledger = read_ledger(self.home)
        deliveries = deliveries_in_force(
            files_in_force(self.home, load_sources(self.folder / "sources.yml"), as_of), ledger
        )
        rows = kept_rows(self.history, "attainment", made, history_schema(attainment.schema))
        changes = attainment_changes(rows, attainment, publication)
        restated = restated_figures(rows, changes, publication)
        with duckdb.connect() as connection:
            evidence = Evidence(
                deliveries_then=kept_deliveries(self.history, made[-1]) if made else deliveries,
                deliveries_now=deliveries,
                documents_then=made[-1].documents if made else {},
                documents_now=publication.documents,
                measures={
                    name: tuple(
                        each for each in (metric.obligation, metric.numerator, metric.denominator) if each
                    )
                    for name, metric in METRICS.items()
                },
                marts_then=PUBLISHED if as_of is None else BEFORE,
            )
            if restated.num_rows:
                self._replay(made[-1], ledger, self.home / "before.duckdb", is_whole=as_of is not None)
                for name, path in (
                    (PUBLISHED, self.published_file),
                    (BEFORE, self.home / "before.duckdb"),
                    (AFTER, build_file),
                ):
                    connection.execute(f"attach '{path}' as {name} (read_only)")
            explained = explain(connection, restated, evidence, publication)
        if as_of is None:
            additions = Additions(changes, explained.restatements, explained.records)
            prepare(self.history, publication, documents, deliveries, additions)
            build_file.rename(self.published_file)
            (self.home / "published_id").write_text(publication.publication_id)
            commit(self.history, publication.publication_id)
        return Published(publication, attainment, changes, explained)

    @property
    def published_file(self) -> Path:
        return self.home / "published.duckdb"

    def _published_id(self) -> str | None:
        marker = self.home / "published_id"
        return marker.read_text() if marker.exists() else None

    def _documents(self) -> dict[str, bytes]:
        paths = [*sorted((self.folder / "contracts").glob("*.yml")), self.folder / "sources.yml"]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in paths}

    def simulate(self, version: int, in_force_from: date) -> SideBySide:
        """The latest publication beside what a version in force from a month on would have made of it."""
        timezone = ZoneInfo(load_contracts(self.folder / "contracts").timezone)
        effective_at = local_to_utc(datetime.combine(in_force_from, time()), timezone)
        draft = self.home / "draft.duckdb"
        with _open_build(
            draft,
            self.folder,
            files_in_force(self.home, load_sources(self.folder / "sources.yml"), None),
            publications(self.history)[-1].complete_through,
            read_ledger(self.home),
            lambda tables: draft_in_force(tables, version, in_force_from, effective_at),
        ) as connection:
            run_models(connection, compiled_project().models)
        aggregates = read_aggregates(draft)
        rows = attainment_table(compute_attainment(**vars(aggregates)))
        replace_months(draft, rows, set(rows["period"].to_pylist()))
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach '{self.published_file}' as signed (read_only)")
            connection.execute(f"attach '{draft}' as draft (read_only)")
            return compare(connection)

    def _replay(self, earlier: Publication, ledger: pa.Table, path: Path, is_whole: bool) -> None:
        """The earlier publication, built again from what it rested on."""
        with tempfile.TemporaryDirectory() as folder:
            for name, content in kept_documents(self.history, earlier).items():
                kept = Path(folder) / name
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(content)
            files = raw_files_of(kept_deliveries(self.history, earlier), ledger)
            with _open_build(path, Path(folder), files, earlier.complete_through, ledger) as connection:
                run_models(
                    connection,
                    [
                        model
                        for model in compiled_project().models
                        if is_whole or is_replayed(model.schema, model.name)
                    ],
                )


def _open_build(
    path: Path,
    folder: Path,
    files: pa.Table,
    complete_through: datetime,
    ledger: pa.Table,
    change: Callable[[dict[str, pa.Table]], dict[str, pa.Table]] = lambda tables: tables,
) -> duckdb.DuckDBPyConnection:
    """A new build file opened over some deliveries, with a folder's contracts and sources.

    `change` has the last word on the contract's tables.
    """
    path.unlink(missing_ok=True)
    contracts, sources = load_contracts(folder / "contracts"), load_sources(folder / "sources.yml")
    until = complete_through.replace(tzinfo=None)
    connection = connect_build(path)
    open_raw(
        connection,
        BuildInputs(
            complete_through=until,
            as_of_date=None,
            timezone=contracts.timezone,
            email_key=b"test",
            raw_files=files,
            object_columns={name: each.duckdb_types for name, each in objects_of("standard").items()},
            tables={
                **change(contract_tables(contracts)),
                **calendar_tables(contracts, until, None),
                **settings_tables(sources),
                "extract_ledger": ledger,
            },
        ),
    )
    return connection
