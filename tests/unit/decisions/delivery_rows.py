"""Deliveries that a publication may rest on, as the history keeps them."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dagster_project.decisions.deliveries import DELIVERY_SCHEMA


def a_delivery(**values: object) -> dict[str, object]:
    return {
        "source": "crm",
        "object": "leads",
        "extract_date": date(2026, 3, 1),
        "part": None,
        "delivery": 1,
        "reading": 1,
        "sha256": "a" * 64,
    } | values


def table_of(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=DELIVERY_SCHEMA)
