"""What a draft contract would have meant: the same history under the draft, side by side with the signed contract.

What belongs here: putting a draft in force in the contract's tables, and comparing two builds. What doesn't: building,
which is the same pipeline with other tables, and showing (`simulation_views`).

What people did, they did under the signed contract: a simulation says what the draft would have made of it, not what
they would have done under the draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.decisions.queries import answers, read_queries

if TYPE_CHECKING:
    import pandas as pd

SIGNED, DRAFT = "signed", "draft"
QUERIES = read_queries("simulation")


class SimulationError(ValueError):
    """The simulation can't be made; the message says what to do."""


@dataclass(frozen=True)
class SideBySide:
    """The signed contract and the draft over the same history.

    `statuses`: period, commitment_id, owner, metric, and signed_ and draft_ target, actual and status (null where only
    the other contract has the commitment); `mqls`: period, and signed_ and draft_ qualified, delivered, sqls and
    customers, and of the qualified those that are an MQL under one of them only; `obligations`: period, obligation,
    owner, and signed_ and draft_ met, breached and pending. `complete_through` is UTC; None where neither promises
    anything.
    """

    statuses: pd.DataFrame
    mqls: pd.DataFrame
    obligations: pd.DataFrame
    complete_through: datetime | None

    @property
    def is_same(self) -> bool:
        """Whether the draft makes no difference at all."""
        pairs = [
            (frame[name], frame[f"{DRAFT}_{name.removeprefix(f'{SIGNED}_')}"])
            for frame in (self.statuses, self.mqls, self.obligations)
            for name in frame.columns
            if name.startswith(f"{SIGNED}_")
        ]
        return not self.mqls[["only_signed", "only_draft"]].to_numpy().any() and all(
            bool(((one.isna() & other.isna()) | (one == other)).all()) for one, other in pairs
        )


def draft_in_force(
    tables: Mapping[str, pa.Table], version: int, in_force_from: date, effective_at: datetime
) -> dict[str, pa.Table]:
    """The contract's tables with one version in force from a month on, whether it is signed or not, until the end.

    `tables` are all of the contract's (`contract_versions` and those that name a version), `in_force_from` the first
    day of a month and `effective_at` its midnight in the contract's time zone as naive UTC. Signed versions before it
    stay as they are; every other version is left out. Raises SimulationError when there is no such version, or when it
    would be in force before any calendar was made for it.
    """
    versions = tables["contract_versions"]
    numbers = versions["version"].to_pylist()
    if version not in numbers:
        raise SimulationError(
            f"There is no contract version {version} to simulate. "
            f"The versions are {', '.join(map(str, sorted(numbers)))}."
        )
    first = min(versions["effective_from"].to_pylist())
    if in_force_from.day != 1 or in_force_from < first:
        raise SimulationError(
            f"The draft can't be in force from {in_force_from}: choose the first day of a month, {first} or later."
        )
    rows = [
        row if row["version"] != version else _in_force(row, in_force_from, effective_at)
        for row in versions.to_pylist()
        if row["version"] == version or (row["is_signed"] and row["effective_from"] < in_force_from)
    ]
    kept = pa.array([row["version"] for row in rows], pa.int32())
    others = {
        name: table.filter(pc.is_in(table["version"], value_set=kept))
        if "version" in table.column_names
        else table
        for name, table in tables.items()
    }
    return {**others, "contract_versions": pa.Table.from_pylist(rows, schema=versions.schema)}


def _in_force(row: Mapping[str, object], in_force_from: date, effective_at: datetime) -> dict[str, object]:
    # a version that is signed is known from its signatures on, as it was
    signed_on = row["signed_on"] if row["is_signed"] else in_force_from
    return {
        **row,
        "is_signed": True,
        "signed_on": signed_on,
        "effective_from": in_force_from,
        "effective_at": effective_at,
    }


def compare(connection: duckdb.DuckDBPyConnection) -> SideBySide:
    """The two builds side by side.

    The connection has two databases attached: `signed`, whose schema `marts` is what was published, and `draft`, whose
    is what the draft made of the same extracts. Raises SimulationError when they are not stated as of the same instant.
    """
    stated = {
        side: connection.execute(f"select max(complete_through) from {side}.marts.sla_attainment").fetchall()[
            0
        ][0]
        for side in (SIGNED, DRAFT)
    }
    instants = {instant.astimezone(UTC) for instant in stated.values() if instant is not None}
    if len(instants) > 1:
        raise SimulationError(
            f"The published figures are stated as of {stated[SIGNED]}, the simulation as of {stated[DRAFT]}: "
            "they can't be compared. Publish the latest extracts first, then simulate again."
        )
    return SideBySide(**answers(connection, QUERIES), complete_through=next(iter(instants), None))
