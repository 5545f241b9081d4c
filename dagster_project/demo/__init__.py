"""The demo company: a seeded simulation of a B2B company in Mexico, written as ordinary extracts.

What belongs here: inventing what the two departments' systems would have delivered. What doesn't:
any figure; figures come from the pipeline, which can't tell these extracts from real ones.

The way through: `setting` and `company` (what is given), `people`, `touches`, `funnel` with
`scoring` and `followup` (what happens), `marketing`, `crm` and `sales` (what the systems record of
it), `history` (the tables), `writing` (the files).
"""

from __future__ import annotations

from .company import DEMO_PEOPLE, DEMO_SEED, FIRST_DAY, PUBLISHED_BEFORE, story_day
from .history import History
from .simulation import simulate
from .vendors import DEFAULT_SHAPE, FAMILIES, LOADERS, Shape
from .writing import demo_shape, write_demo, write_extracts

DEMO_PUBLISHED_BEFORE = story_day(FIRST_DAY, PUBLISHED_BEFORE)
"""The day whose figures the demo company had published before some of them came out otherwise."""

__all__ = [
    "DEFAULT_SHAPE",
    "DEMO_PEOPLE",
    "DEMO_PUBLISHED_BEFORE",
    "DEMO_SEED",
    "FAMILIES",
    "LOADERS",
    "History",
    "Shape",
    "demo_shape",
    "simulate",
    "write_demo",
    "write_extracts",
]
