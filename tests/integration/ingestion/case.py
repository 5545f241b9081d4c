"""The shape of a case of the table "What bad input gets" in docs/extracts.md: what is delivered, what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DAY = "2026-01-05"
Content = bytes | str


@dataclass(frozen=True)
class Case:
    """`files` (name, content) are delivered together, after each of `before` was delivered and read by itself.

    `prepare` does what a delivery can't. `outcomes` are the ledger's, in its order. `accepted` counts the rows in
    force, `contact_ids` are theirs where they matter; `quarantined` are (line, reason, column) of those in quarantine;
    `told` are words that the report has.
    """

    line: str
    name: str
    files: tuple[tuple[str, Content], ...] = ()
    before: tuple[tuple[str, Content], ...] = ()
    object: str = "touches"
    settings: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Path], None] | None = None
    outcomes: tuple[str, ...] = ("accepted",)
    accepted: int = 0
    contact_ids: tuple[str, ...] = ()
    quarantined: tuple[tuple[int, str, str | None], ...] = ()
    told: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.line}: {self.name}"


def refused(line: str, name: str, ending: str, content: Content, told: str) -> Case:
    file_name = f"{DAY}.{ending}"
    told_of = (told, f"crm/touches/{file_name} was refused: ")
    return Case(line, name, ((file_name, content),), outcomes=("refused",), told=told_of)
