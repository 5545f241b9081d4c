"""What dbt's manifest says about the tables: their meaning, their columns and what tells rows apart.

What belongs here: reading the manifest. What doesn't: running anything that stands in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster_project.warehouse.publish import TableDescription

KEY_TESTS = ("unique", "unique_together")


def read_manifest(path: Path) -> Mapping[str, Any]:
    """A manifest as dbt wrote it."""
    manifest: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def table_descriptions(manifest: Mapping[str, Any], schema: str) -> list[TableDescription]:
    """The models of a schema in order of their names, each with the columns that its tests say are unique."""
    keys = _keys(manifest)
    models = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] == schema
    }
    return [
        TableDescription(
            name=node["name"],
            description=node["description"],
            columns={column["name"]: column["description"] for column in node["columns"].values()},
            key=keys.get(unique_id, ()),
        )
        for unique_id, node in sorted(models.items(), key=lambda item: str(item[1]["name"]))
    ]


def tables_read(manifest: Mapping[str, Any], model: str) -> dict[str, frozenset[str]]:
    """The tables that a model is made of, through whatever models, by the schema that they stand in."""
    nodes: Mapping[str, Any] = manifest["nodes"]
    sources: Mapping[str, Any] = manifest["sources"]
    seen: set[str] = set()
    waiting = [
        key for key, node in nodes.items() if node["resource_type"] == "model" and node["name"] == model
    ]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += nodes[key]["depends_on"]["nodes"] if key in nodes else []
    read = [sources[key] for key in seen if key in sources]
    return {
        schema: frozenset(source["name"] for source in read if source["schema"] == schema)
        for schema in sorted({source["schema"] for source in read})
    }


def glossary_words(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The glossary's terms with their meanings: the words that a model's own description explains itself by."""
    used = {word for node in manifest["nodes"].values() for word in node.get("doc_blocks") or ()}
    return {
        doc["name"]: doc["block_contents"] for unique_id, doc in manifest["docs"].items() if unique_id in used
    }


def _keys(manifest: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    keys: dict[str, tuple[str, ...]] = {}
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        if node["resource_type"] == "test" and test.get("name") in KEY_TESTS:
            kwargs = test["kwargs"]
            keys[node["attached_node"]] = tuple(kwargs.get("columns") or [kwargs["column_name"]])
    return keys
