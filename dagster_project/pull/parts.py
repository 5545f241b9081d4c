"""What the vendors' modules hand on: rows of one object, with their times of modification."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from dagster_project.column_names import loose_name

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """Some rows of one object, each with the values of `columns` in their order.

    `modified_at` is parallel to `rows`; None: the rows are a listing of what there is now. The first part
    of an object comes even when it has no rows, so that its columns are known.
    """

    object_name: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    modified_at: list[datetime] | None = None


class Ask(Protocol):
    """What a feed asks for: everything modified at or after `since` (None: everything), part by part."""

    def __call__(self, since: datetime | None) -> Iterator[Part]: ...


@dataclass(frozen=True)
class Feed:
    """Objects that are asked for together, under one name, with one state."""

    name: str
    ask: Ask


def columns_to_ask_for(
    existing: Iterable[str], wanted: Collection[str], given: Iterable[str] = ()
) -> tuple[str, ...]:
    """Those of the existing columns that are read, in their order; `wanted` are loose names.

    Of columns that are one after the loose matching the first is taken, and none that comes anyway
    (`given`): a header that names a column twice would be refused.
    """
    taken = {loose_name(name) for name in given}
    asked: list[str] = []
    for name in existing:
        loose = loose_name(name)
        if loose in wanted and loose not in taken:
            taken.add(loose)
            asked.append(name)
    return tuple(asked)
