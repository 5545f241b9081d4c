"""Where each mart's columns come from, as the Dagster UI shows it.

What belongs here: turning a column's origins into what Dagster keeps. What doesn't: following them (`warehouse`).

Dagster's own way, `fetch_column_metadata`, asks the warehouse about every model: on the demo it cost about as much
processor time again as the rest of a run, and it leaves a connection open on which the next step fails. Read from the
compiled SQL, the lineage of the twenty marts costs 1.2 s of processor time, once for each state of the models. The
models before them are left out: their lineage would cost as much again as the marts', and their columns are no answer
to a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from dagster_project.defs.raw_tables import (
    CALENDAR_TABLES,
    CONTRACT_TABLES,
    OTHER_COLUMNS,
    STANDARD_TABLES,
    column_types,
)
from dagster_project.defs.telling import say
from dagster_project.warehouse.lineage import kept_column_origins

SCHEMA = "marts"
# Beside the compiled manifest.
FOLDER_NAME = "lineage"
LINEAGE = "dagster/column_lineage"
RAW_TABLES = (*OTHER_COLUMNS, *CONTRACT_TABLES, *CALENDAR_TABLES, *STANDARD_TABLES)

KeyOf = Callable[[Mapping[str, Any]], dg.AssetKey]
"""The asset of a node of dbt's manifest."""


def column_lineage(
    kept: Path, manifest: Mapping[str, Any], unique_id: str, key_of: KeyOf
) -> dg.TableColumnLineage:
    """The lineage of a model's columns; `kept` is this manifest's own folder of them. Raises sqlglot's SqlglotError
    where its SQL can't be followed."""
    undescribed = {table: column_types(table) for table in RAW_TABLES}
    origins = kept_column_origins(kept, manifest, unique_id, undescribed)
    nodes = {**manifest["nodes"], **manifest["sources"]}
    return dg.TableColumnLineage(
        {
            column: [
                dg.TableColumnDep(asset_key=key_of(nodes[origin.unique_id]), column_name=origin.column)
                for origin in found
            ]
            for column, found in origins.items()
            if found
        }
    )


def with_column_lineage(
    context: dg.AssetExecutionContext,
    events: Iterator[Any],
    kept: Path,
    manifest: Mapping[str, Any],
    key_of: KeyOf,
) -> Iterator[Any]:
    """dbt's events as they come, the marts' with the lineage of their columns."""
    from sqlglot.errors import SqlglotError

    for event in events:
        unique_id = _model_of(event)
        node = manifest["nodes"].get(unique_id)
        if node is None or node["schema"] != SCHEMA:
            yield event
            continue
        try:
            lineage = column_lineage(kept, manifest, unique_id, key_of)
        except SqlglotError as error:
            say(
                context,
                f"{node['name']}: where its columns come from can't be shown: {error}",
                is_warning=True,
            )
            yield event
            continue
        yield event.with_metadata({**event.metadata, LINEAGE: lineage})


def _model_of(event: Any) -> str:
    """The model that an event says was built; empty for other events."""
    value = event.metadata.get("unique_id") if isinstance(event, dg.Output) else None
    return str(value.value) if value is not None else ""
