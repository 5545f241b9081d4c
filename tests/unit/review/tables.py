"""A section's tables as their texts."""

from __future__ import annotations

from dagster_project.review.parts import Section, Table


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def only_table(section: Section) -> list[list[str]]:
    (table,) = section.tables
    return texts(table)
