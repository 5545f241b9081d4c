"""Publishing a history several times over: built by the bare runner, compared, kept and published as a run does it.

What belongs here: how a history grows between two publications. What doesn't: what is looked for in them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from dagster_project.contract import load_contracts
from dagster_project.decisions.history import Publication, publications
from dagster_project.decisions.simulation import SideBySide
from dagster_project.defs.building import note_what_it_rests_on
from dagster_project.defs.decisions import decisions_tables
from dagster_project.defs.publications import kept_publication, plan_of, what_it_would_publish
from dagster_project.defs.simulations import simulate
from dagster_project.extracts import files_in_force, load_sources, read_ledger
from dagster_project.formats import number_what_is_new
from dagster_project.settings import PROJECT_FOLDER, Settings
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.manifest import read_manifest, table_descriptions
from dagster_project.warehouse.publish import TableDescription, publish
from dagster_project.warehouse.tables import reading, replace_tables
from tests.pipeline import build
from tests.scenarios.history import History

FIRST_PUBLISHED_AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Published:
    """What one publication added to the history."""

    publication: Publication
    attainment: pa.Table
    changes: pa.Table
    restated: pa.Table
    records: pa.Table

    def restatements(self) -> dict[tuple[str, str], Mapping[str, object]]:
        """The restatements by (period as YYYY-MM, commitment)."""
        return {(f"{row['period']:%Y-%m}", row["commitment_id"]): row for row in self.restated.to_pylist()}


class Company:
    """A folder of extracts, contracts and sources that grows, and what is published from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.history = self.home / "history"

    def settings(self, as_of: date | None = None) -> Settings:
        return Settings(
            project=PROJECT_FOLDER,
            home=self.home,
            extracts=self.folder / "extracts",
            contracts=self.folder / "contracts",
            sources=self.folder / "sources.yml",
            as_of=as_of,
            given_email_key="test",
        )

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
        """Build and publish."""
        settings = self.settings(as_of)
        attainment = self.build(settings)
        made = len(publications(self.history))
        said = what_it_would_publish(settings, f"run{made + 1}", FIRST_PUBLISHED_AT + timedelta(days=made))
        replace_tables(settings.build_warehouse, said.tables)
        with kept_publication(settings):
            publish(settings.build_warehouse, settings.published, published_tables())
        number_what_is_new(settings.home)
        added = said.added
        return Published(
            said.publication, attainment, added.attainment, added.restatements, added.restatement_records
        )

    def build(self, settings: Settings) -> pa.Table:
        """Build everything up to the attainment, which is returned."""
        result = build(self.folder, self.home, settings.as_of)
        contracts, sources = load_contracts(settings.contracts), load_sources(settings.sources)
        note_what_it_rests_on(
            result.connection,
            settings,
            contracts,
            files_in_force(self.home, sources, settings.as_of),
            read_ledger(self.home),
        )
        settings.build.mkdir(parents=True, exist_ok=True)
        settings.build_warehouse.unlink(missing_ok=True)
        result.connection.execute(f"attach '{settings.build_warehouse}' as written")
        result.connection.execute("copy from database warehouse to written")
        result.connection.close()
        replace_tables(settings.build_warehouse, {"mql_plan": plan_of(settings.build_warehouse)})
        with reading(settings.build_warehouse) as connection:
            return connection.table("marts.sla_attainment").to_arrow_table()

    def simulate(self, contract: str, in_force_from: str | None = None) -> SideBySide:
        """The latest publication beside what a contract file would have made of it."""
        return simulate(self.settings(), contract, in_force_from).side_by_side


def published_tables() -> list[TableDescription]:
    attainment = TableDescription("sla_attainment", "", {}, ("period", "commitment_id"))
    return [
        *table_descriptions(read_manifest(compiled_manifest(PROJECT_FOLDER / "dbt")), "marts"),
        attainment,
        *decisions_tables(),
    ]
