"""Where a model's columns come from is followed once for each state of the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlglot.errors import SqlglotError

from dagster_project.warehouse.lineage import Origin, kept_column_origins

MODEL, SOURCE = "model.sla.dim_names", "source.sla.raw.names"
UNDESCRIBED = {"names": {"given": "text", "family": "text"}}


def manifest_with(query: str) -> dict[str, Any]:
    model = {"compiled_code": query, "depends_on": {"nodes": [SOURCE]}, "columns": {"name": {}, "kind": {}}}
    source = {"identifier": "names", "name": "names", "database": "warehouse", "schema": "raw", "columns": {}}
    return {"nodes": {MODEL: model}, "sources": {SOURCE: source}}


FOLLOWED = manifest_with('select given || family as name, \'person\' as kind from "warehouse"."raw"."names"')
NOT_SQL = manifest_with("select from where")
BOTH_NAMES = {"name": {Origin(SOURCE, "given"), Origin(SOURCE, "family")}, "kind": set()}


def followed(
    folder: Path, manifest: dict[str, Any], undescribed: Any = UNDESCRIBED
) -> dict[str, set[Origin]]:
    origins = kept_column_origins(folder, manifest, MODEL, undescribed)
    return {column: set(found) for column, found in origins.items()}


def test_a_column_is_followed_to_all_that_it_is_made_from(tmp_path: Path) -> None:
    assert followed(tmp_path / "lineage", FOLLOWED) == BOTH_NAMES


def test_what_was_followed_is_not_followed_again(tmp_path: Path) -> None:
    followed(tmp_path / "lineage", FOLLOWED)
    assert followed(tmp_path / "lineage", NOT_SQL) == BOTH_NAMES


def test_other_columns_of_a_source_are_followed_anew(tmp_path: Path) -> None:
    followed(tmp_path / "lineage", FOLLOWED)
    with pytest.raises(SqlglotError):
        followed(tmp_path / "lineage", NOT_SQL, {"names": {"given": "text"}})


def test_a_folder_that_cannot_be_made_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert followed(tmp_path / "file" / "lineage", FOLLOWED) == BOTH_NAMES
