"""Where the columns of a model come from, read from its SQL.

What belongs here: following a column to the tables that a model reads. What doesn't: running anything.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple


class Origin(NamedTuple):
    """A column that another is made from, and its table by the id that dbt's manifest has for it."""

    unique_id: str
    column: str


def kept_column_origins(
    folder: Path, manifest: Mapping[str, Any], unique_id: str, undescribed: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[Origin, ...]]:
    """`column_origins`, followed once and kept in `folder`, which stands for one state of the models.

    Where it can't be written to, as in an image, they are followed anew each time.
    """
    known = hashlib.sha256(json.dumps(undescribed, sort_keys=True).encode()).hexdigest()[:16]
    place = folder / f"{unique_id}.{known}.json"
    if place.exists():
        kept = json.loads(place.read_text(encoding="utf-8"))
        return {column: tuple(Origin(*origin) for origin in found) for column, found in kept.items()}
    origins = column_origins(manifest, unique_id, undescribed)
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        unfinished = folder / f".{place.name}.{os.getpid()}"
        unfinished.write_text(json.dumps(origins), encoding="utf-8")
        unfinished.replace(place)
    return origins


def column_origins(
    manifest: Mapping[str, Any], unique_id: str, undescribed: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[Origin, ...]]:
    """For each column of a model, the columns of the tables it reads that it is made from.

    `manifest` holds compiled code; `undescribed` are the columns of sources that it doesn't describe, by the source's
    name. A column made from nothing, such as a constant, has no origin. Raises sqlglot's SqlglotError where the SQL
    can't be followed.
    """
    import sqlglot
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    node = manifest["nodes"][unique_id]
    read = {each: _node(manifest, each) for each in node["depends_on"]["nodes"]}
    schema: dict[str, Any] = {}
    ids = {}
    for each, props in read.items():
        table = props.get("identifier") or props["alias"]
        columns = [*props["columns"]] or [*undescribed.get(props["name"], {})]
        schema.setdefault(props["database"], {}).setdefault(props["schema"], {})[table] = dict.fromkeys(
            columns, "text"
        )
        ids[props["schema"], table] = each
    statement = qualify(
        sqlglot.parse_one(node["compiled_code"], dialect="duckdb"),
        dialect="duckdb",
        schema=schema,
        identify=False,
        validate_qualify_columns=False,  # what can't be followed has no origin
    )
    scope = build_scope(statement)
    followed = lineage(None, statement, schema, scope=scope, dialect="duckdb", copy=False)
    origins = {}
    for column in node["columns"]:
        leaves = [each for each in followed[column].walk() if not each.downstream]
        found = (_origin(leaf, ids) for leaf in leaves)
        origins[column] = tuple(dict.fromkeys(origin for origin in found if origin is not None))
    return origins


def _node(manifest: Mapping[str, Any], unique_id: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = manifest["nodes"].get(unique_id) or manifest["sources"][unique_id]
    return found


def _origin(leaf: Any, ids: Mapping[tuple[str, str], str]) -> Origin | None:
    from sqlglot import exp

    table = leaf.expression
    if not isinstance(table, exp.Table):
        return None
    unique_id = ids.get((table.db, table.name))
    return None if unique_id is None else Origin(unique_id, leaf.name.rpartition(".")[2].strip('"'))
