"""What is published is described by dbt's manifest: meaning, columns and keys."""

from __future__ import annotations

from dagster_project.warehouse.manifest import table_descriptions
from dagster_project.warehouse.publish import TableDescription

MANIFEST = {
    "nodes": {
        "model.sla.fct_mqls": {
            "resource_type": "model",
            "name": "fct_mqls",
            "schema": "marts",
            "description": "One row per MQL.",
            "columns": {
                "person_id": {"name": "person_id", "description": "Whose it is."},
                "cycle": {"name": "cycle", "description": ""},
            },
        },
        "model.sla.dim_periods": {
            "resource_type": "model",
            "name": "dim_periods",
            "schema": "marts",
            "description": "One row per month.",
            "columns": {},
        },
        "model.sla.stg_leads": {
            "resource_type": "model",
            "name": "stg_leads",
            "schema": "staging",
            "description": "",
            "columns": {},
        },
        "test.sla.one": {
            "resource_type": "test",
            "attached_node": "model.sla.fct_mqls",
            "test_metadata": {"name": "unique_together", "kwargs": {"columns": ["person_id", "cycle"]}},
        },
        "test.sla.two": {
            "resource_type": "test",
            "attached_node": "model.sla.dim_periods",
            "test_metadata": {"name": "unique", "kwargs": {"column_name": "period"}},
        },
        "test.sla.three": {"resource_type": "test", "attached_node": None, "test_metadata": None},
    }
}


def test_the_tables_of_a_schema_come_in_order_with_the_columns_that_their_tests_call_unique() -> None:
    assert table_descriptions(MANIFEST, "marts") == [
        TableDescription("dim_periods", "One row per month.", {}, ("period",)),
        TableDescription(
            "fct_mqls", "One row per MQL.", {"person_id": "Whose it is.", "cycle": ""}, ("person_id", "cycle")
        ),
    ]
