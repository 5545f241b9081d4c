"""The contract: its versions validated, and made into the tables that the models join."""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

from collections.abc import Iterator, Mapping

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.contract import ContractErrors, Contracts, contract_tables, load_contracts
from dagster_project.defs.raw_tables import CONTRACT_TABLES, DESCRIPTIONS, column_types
from dagster_project.defs.resources import RunInputs
from dagster_project.defs.telling import MARKETING, SALES, column_metadata, plain_failures, say
from dagster_project.owner_only import make_private
from dagster_project.settings import Settings

GROUP = "contract"


def contract_key(table: str) -> dg.AssetKey:
    return dg.AssetKey([GROUP, table])


def readable_contracts(settings: Settings) -> Contracts | None:
    """The contracts, for what the definitions themselves need of them; a run says why they can't be read."""
    try:
        return load_contracts(settings.contracts)
    except ContractErrors:
        return None


def contract_tables_asset() -> dg.AssetsDefinition:
    """One asset per table of the contract, all made by one validation."""

    @dg.multi_asset(
        name="contract",
        description="Validates every contract version, and makes their tables.",
        specs=[
            dg.AssetSpec(
                contract_key(table),
                group_name=GROUP,
                description=DESCRIPTIONS[table],
                owners=[MARKETING, SALES],
                kinds={"python", "yaml", "parquet"},
                metadata=column_metadata(column_types(table)),
            )
            for table in CONTRACT_TABLES
        ],
    )
    def contract(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        inputs: dg.ResourceParam[RunInputs],
    ) -> Iterator[dg.MaterializeResult[None]]:
        with plain_failures():
            contracts = inputs.contracts
            for warning in contracts.warnings:
                say(context, str(warning), is_warning=True)
            if not contracts.signed:
                raise dg.Failure(
                    description=f"No contract version in {settings.contracts} is signed by both departments, "
                    "so none is in force and nothing can be measured. Add both departments' signatures to "
                    "`signed_by` of the version that was agreed on.",
                    allow_retries=False,
                )
            tables = contract_tables(contracts)
            keep_tables(settings, tables)
        signed, drafts = len(contracts.signed), len(contracts.versions) - len(contracts.signed)
        say(context, f"contract {contracts.contract}: versions signed: {signed}, drafts: {drafts}")
        for table in CONTRACT_TABLES:
            yield dg.MaterializeResult(
                asset_key=contract_key(table), metadata={"dagster/row_count": tables[table].num_rows}
            )

    return contract


def keep_tables(settings: Settings, tables: Mapping[str, pa.Table]) -> None:
    """Write tables as Parquet under `raw/contract/`, for any other engine; each replaces the one before."""
    folder = settings.raw / GROUP
    make_private(folder.parent)
    make_private(folder)
    for name, table in tables.items():
        temporary = folder / f".{name}.parquet"
        pq.write_table(table, temporary, compression="zstd")
        temporary.rename(folder / f"{name}.parquet")
