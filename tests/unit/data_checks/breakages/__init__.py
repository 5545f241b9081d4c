"""For every check, one way to break the company's warehouse so that it fails, and what it then finds.

`failing` is how many rows (or measured things) fail, worked out beside the statement; `sample` the keys shown of them.
"""

from __future__ import annotations

from .breakage import Breakage
from .marts import MARTS
from .raw import RAW

__all__ = ["BREAKAGES", "Breakage"]

BREAKAGES: dict[str, Breakage] = RAW | MARTS
