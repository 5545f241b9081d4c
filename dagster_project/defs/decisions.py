"""Decisions: the next MQL number, and what changes in what was published, with the reasons."""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import dagster as dg

from dagster_project.attainment.columns import ATTAINMENT_COLUMNS
from dagster_project.attainment.columns import Column as AttainmentColumn
from dagster_project.decisions.causes import (
    RECORDS_COLUMNS,
    RECORDS_DESCRIPTION,
    RESTATEMENTS_COLUMNS,
    RESTATEMENTS_DESCRIPTION,
)
from dagster_project.decisions.changes import (
    HISTORY_DESCRIPTION,
    PLAN_HISTORY_COLUMNS,
    PLAN_HISTORY_DESCRIPTION,
    PROVENANCE_COLUMNS,
)
from dagster_project.decisions.columns import Column as DecisionsColumn
from dagster_project.decisions.history import PUBLICATIONS_COLUMNS, PUBLICATIONS_DESCRIPTION
from dagster_project.decisions.plan import PLAN_COLUMNS, PLAN_DESCRIPTION
from dagster_project.defs.attainment import KEY as ATTAINMENT_KEY
from dagster_project.defs.attainment import refuse_missing_months
from dagster_project.defs.publications import (
    HISTORY,
    PLAN,
    PLANS,
    PUBLICATIONS,
    RECORDS,
    RESTATEMENTS,
    Said,
    plan_of,
    what_it_would_publish,
)
from dagster_project.defs.resources import BuildHold
from dagster_project.defs.telling import MARKETING, SALES, column_metadata, plain_failures, say
from dagster_project.settings import Settings
from dagster_project.warehouse.publish import TableDescription
from dagster_project.warehouse.tables import replace_tables
from data_checks import suites_from, void_results

GROUP = "decisions"
SHOWN_RESTATEMENTS = 5


class _Table(NamedTuple):
    description: str
    key: tuple[str, ...]
    columns: Mapping[str, AttainmentColumn | DecisionsColumn]


_TABLES = {
    PLAN: _Table(PLAN_DESCRIPTION, ("period",), PLAN_COLUMNS),
    HISTORY: _Table(
        HISTORY_DESCRIPTION,
        ("period", "commitment_id", "published_at"),
        {**ATTAINMENT_COLUMNS, **PROVENANCE_COLUMNS},
    ),
    PLANS: _Table(PLAN_HISTORY_DESCRIPTION, ("period", "published_at"), PLAN_HISTORY_COLUMNS),
    RESTATEMENTS: _Table(
        RESTATEMENTS_DESCRIPTION,
        ("period", "commitment_id", "published_at"),
        RESTATEMENTS_COLUMNS,
    ),
    RECORDS: _Table(
        RECORDS_DESCRIPTION,
        ("period", "commitment_id", "published_at", "cause", "object", "record_id"),
        RECORDS_COLUMNS,
    ),
    PUBLICATIONS: _Table(PUBLICATIONS_DESCRIPTION, ("publication",), PUBLICATIONS_COLUMNS),
}
# What is asked of the models: for the plan, and to tell why something is stated otherwise.
_READS = {
    PLAN: ("marts/funnel_by_period", "intermediate/int_obligations", "intermediate/int_mqls"),
    HISTORY: (),
    PLANS: (PLAN,),
    RESTATEMENTS: (
        "marts/fct_mqls",
        "marts/fct_obligations",
        "marts/fct_opportunities",
        "marts/campaign_performance",
        "marts/dim_people",
    ),
    RECORDS: (
        "intermediate/int_people_contacts",
        "intermediate/int_people_leads",
        "intermediate/int_meetings",
    ),
    PUBLICATIONS: ("raw/deliveries", "raw/documents"),
}


def decisions_tables() -> list[TableDescription]:
    """The tables of this step, as they are published."""
    return [
        TableDescription(
            name,
            table.description,
            {name: column.description for name, column in table.columns.items()},
            table.key,
        )
        for name, table in _TABLES.items()
    ]


def decisions_key(table: str) -> dg.AssetKey:
    return dg.AssetKey(table)


def plan_asset() -> dg.AssetsDefinition:
    """The next periods' MQL number."""

    @dg.multi_asset(name=PLAN, specs=[_spec(PLAN)])
    def mql_plan(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        build_hold: dg.ResourceParam[BuildHold],
    ) -> dg.MaterializeResult[None]:
        with plain_failures():
            build_hold.take()
            refuse_missing_months(settings)
            table = plan_of(settings.build_warehouse)
            void_results(settings.build_warehouse, suites_from("findings"))
            replace_tables(settings.build_warehouse, {PLAN: table})
        reasons = {f"{row['period']:%Y-%m}": row["reason"] for row in table.to_pylist()}
        return dg.MaterializeResult(
            asset_key=decisions_key(PLAN),
            metadata={"dagster/row_count": table.num_rows, **reasons},
        )

    return mql_plan


def publication_asset() -> dg.AssetsDefinition:
    """What the build will publish beside what was published: the tables of one comparison."""

    @dg.multi_asset(
        name="publication",
        description="Compares the build with what was last published: which figures are stated otherwise, and why.",
        specs=[_spec(table) for table in (HISTORY, PLANS, RESTATEMENTS, RECORDS, PUBLICATIONS)],
    )
    def publication(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        build_hold: dg.ResourceParam[BuildHold],
    ) -> Iterator[dg.MaterializeResult[None]]:
        with plain_failures():
            build_hold.take()
            refuse_missing_months(settings)
            said = what_it_would_publish(settings, context.run.run_id, datetime.now(UTC))
            void_results(settings.build_warehouse, suites_from("findings"))
            replace_tables(settings.build_warehouse, said.tables)
        _tell(context, said)
        for name, table in said.tables.items():
            yield dg.MaterializeResult(
                asset_key=decisions_key(name), metadata={"dagster/row_count": table.num_rows}
            )

    return publication


def _spec(table: str) -> dg.AssetSpec:
    columns = _TABLES[table].columns
    return dg.AssetSpec(
        decisions_key(table),
        deps=[
            dg.AssetDep(ATTAINMENT_KEY, partition_mapping=dg.AllPartitionMapping()),
            *(dg.AssetKey(name.split("/")) for name in _READS[table]),
        ],
        group_name=GROUP,
        description=_TABLES[table].description,
        owners=[MARKETING, SALES],
        kinds={"python", "duckdb"},
        metadata=column_metadata(
            {name: column.duckdb_type for name, column in columns.items()},
            {name: column.description for name, column in columns.items()},
        ),
    )


def _tell(context: dg.AssetExecutionContext, said: Said) -> None:
    restatements = said.added.restatements.to_pylist()
    say(
        context,
        f"publication {said.publication.number}: figures that differ from the last published: "
        f"{said.added.attainment.num_rows}, final ones among them: {len(restatements)}",
    )
    for row in restatements[:SHOWN_RESTATEMENTS]:
        say(
            context,
            f"restated: {row['commitment_id']} of {row['period']:%Y-%m}, "
            f"{row['old_status']} before, {row['new_status'] or 'stated no more'} now ({row['causes']})",
            is_warning=True,
        )
    if len(restatements) > SHOWN_RESTATEMENTS:
        more = len(restatements) - SHOWN_RESTATEMENTS
        say(context, f"restated figures in sla_restatements, besides these: {more}", is_warning=True)
