"""What the vendors' modules hand on: rows of one object, with their times of modification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

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
