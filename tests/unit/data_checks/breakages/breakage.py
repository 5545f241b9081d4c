"""How a check is made to fail."""

from __future__ import annotations

from typing import NamedTuple


class Breakage(NamedTuple):
    """A statement that breaks the warehouse, how much then fails (None for a row count) and the keys shown."""

    sql: str
    failing: int | None
    sample: tuple[str, ...] = ()
