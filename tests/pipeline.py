"""The whole way of the data without Dagster and dbt's start-up: what property tests and scenarios run.

A history is a folder with `extracts/`, `contracts/` and `sources.yml`. The steps are the project's own, in the order in
which the production run takes them; only dbt is replaced by its compiled SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from dagster_project.attainment import attainment_table, compute_attainment
from dagster_project.contract import Contracts, calendar_tables, contract_tables, load_contracts
from dagster_project.extracts import (
    IngestReport,
    complete_through,
    contact_attributes,
    files_in_force,
    ingest_object,
    load_sources,
    object_columns,
    objects_of,
    read_ledger,
    settings_tables,
)
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.extract_tables import Reading
from dagster_project.warehouse.former import begin_with, copy_former
from dagster_project.warehouse.inputs import BuildInputs, connect_build, open_raw
from dagster_project.warehouse.statements import (
    CompiledProject,
    failed_tests,
    load_compiled_project,
    run_models,
)

DBT_FOLDER = Path(__file__).parents[1] / "dbt"
INGESTED_AT = datetime(2026, 11, 1, 12, 0)
AGGREGATES = ("int_periods", "int_commitment_targets", "int_obligation_counts", "int_event_counts")


@cache
def compiled_project() -> CompiledProject:
    """The project's models and data tests, compiled once for each state of the dbt folder."""
    return load_compiled_project(compiled_manifest(DBT_FOLDER))


@dataclass(frozen=True)
class Result:
    """What a run made: the build's connection (schemas raw … marts), the instant it is stated as of, and how each
    object's files were read."""

    connection: duckdb.DuckDBPyConnection
    complete_through: datetime
    reports: tuple[IngestReport, ...]
    readings: Mapping[str, Reading]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query over the build."""
        return self.connection.execute(query).fetchall()

    def frame(self, query: str) -> pd.DataFrame:
        """The rows of a query over the build, decimals kept exact."""
        return self.connection.sql(query).to_arrow_table().to_pandas()


def ingest(history: Path, home: Path, contracts: Contracts) -> tuple[IngestReport, ...]:
    """Bring every extract of a history into raw."""
    sources = load_sources(history / "sources.yml")
    return tuple(
        ingest_object(
            home,
            history / "extracts",
            source,
            object_name,
            contracts.currency,
            run_id="test",
            now=INGESTED_AT,
        )
        for source in sources
        for object_name in objects_of(source.family)
    )


def run_pipeline(history: Path, home: Path, as_of: date | None = None) -> Result:
    """Ingest a history, build every model in memory and compute its attainment.

    Raises AssertionError when a data test finds a failure: a history is well-formed unless a test says otherwise.
    """
    result = build(history, home, as_of)
    failures = failed_tests(result.connection, compiled_project().data_tests)
    assert not failures, f"data tests failed: {failures}"
    return result


def build(
    history: Path,
    home: Path,
    as_of: date | None = None,
    until: datetime | None = None,
    file: Path | None = None,
    former: Path | None = None,
) -> Result:
    """As run_pipeline, without looking at the data tests; stated as of `until` where that is given.

    The build is made in a `file`, which is not there yet, or in memory; in a file it can begin with a `former` one's.
    """
    contracts = load_contracts(history / "contracts")
    reports = ingest(history, home, contracts)
    sources = load_sources(history / "sources.yml")
    until = until or complete_through(home, sources, as_of).instant
    if file is not None and former is not None:
        copy_former(former, file)
    connection = connect_build(file)
    if former is not None:
        begin_with(connection, compiled_project().models_by_person)
    readings = open_raw(
        connection,
        BuildInputs(
            complete_through=until,
            as_of_date=as_of,
            timezone=contracts.timezone,
            email_key=b"test",
            raw_files=files_in_force(home, sources, as_of),
            object_columns=object_columns(),
            contact_attributes=contact_attributes(),
            standard_models=compiled_project().standard_models,
            tables={
                **contract_tables(contracts),
                **calendar_tables(contracts, until, None),
                **settings_tables(sources),
                "extract_ledger": read_ledger(home),
            },
        ),
    )
    run_models(connection, compiled_project().models)
    periods, targets, obligation_counts, event_counts = (
        connection.sql(f"select * from intermediate.{name}").to_arrow_table().to_pandas()
        for name in AGGREGATES
    )
    attainment = compute_attainment(periods, targets, obligation_counts, event_counts, until)
    connection.register("attainment", attainment_table(attainment))
    connection.execute("create table marts.sla_attainment as select * from attainment")
    return Result(connection, until, reports, readings)


def write_comparable(result: Result, folder: Path) -> None:
    """Write the four CSV files that the example histories' `expected/` folders have."""
    folder.mkdir(parents=True, exist_ok=True)
    queries = {
        "mqls": "select * from marts.fct_mqls",
        "obligations": "select * replace (strftime(period, '%Y-%m') as period) from marts.fct_obligations",
        "attainment": "select * replace (strftime(period, '%Y-%m') as period) from marts.sla_attainment",
        "campaign_credit": """
            select credit.model, strftime(mqls.qualified_date, '%Y-%m') as period, credit.campaign_id,
                sum(credit.credit) as mqls
            from marts.fct_campaign_credit as credit inner join marts.fct_mqls as mqls using (person_id, cycle)
            group by all
        """,
    }
    for name, query in queries.items():
        result.connection.execute(f"copy ({query}) to '{folder / name}.csv' (header)")
