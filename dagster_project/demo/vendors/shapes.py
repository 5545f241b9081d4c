"""Which families of systems the company can be written as, and what each delivers.

What belongs here: the families, and the sources that each consists of. What doesn't: any object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ..files import Extract, InstantText, local, zulu
from ..history import CRM_OBJECTS, DUMPED_OBJECTS, MARKETING_OBJECTS, History
from .hubspot import marketing_extracts
from .hubspot_crm import hubspot_extracts, owner_ids
from .ids import numbers_of, salesforce_ids
from .salesforce import USER, salesforce_extracts
from .spellings import HUBSPOT, LOADERS, SALESFORCE

FAMILIES = {
    "standard": "the project's own format",
    "hubspot": "marketing and sales in HubSpot",
    "hubspot+salesforce": "marketing in HubSpot, sales in Salesforce",
}

DEFAULT_FAMILY = "hubspot+salesforce"
PROJECT_FOLDER = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Shape:
    """A family of systems, and for the vendors' the loader whose spelling is written."""

    family: str
    loader: str = "api"

    def __post_init__(self) -> None:
        for name, known in ((self.family, FAMILIES), (self.loader, LOADERS)):
            if name not in known:
                raise ValueError(f"{name} is none of {', '.join(known)}")

    def __str__(self) -> str:
        return self.family if self.family == "standard" else f"{self.family}, {self.loader}"

    @property
    def sources_file(self) -> Path:
        """The `sources.yml` that reads this family; a loader's spelling needs no other one."""
        if self.family == DEFAULT_FAMILY:
            return PROJECT_FOLDER / "sources.yml"
        return Path(__file__).parent / "sources" / f"{self.family}.yml"

    def user_id(self, user_id: str) -> str:
        """The id that a user of the history, such as U0014, has in this family."""
        number = numbers_of(pa.array([user_id]), "U")
        if self.family == "standard":
            return user_id
        ids = owner_ids(number) if self.family == "hubspot" else salesforce_ids(number, USER)
        return str(ids[0])


@dataclass(frozen=True)
class SourceExtracts:
    """One source: `extracts` makes its objects one after the other, so that one at a time is in memory."""

    name: str
    instant: InstantText
    extracts: Callable[[], Iterator[Extract]]


def sources_of(history: History, shape: Shape) -> list[SourceExtracts]:
    """The sources of a history in a shape."""
    if shape.family == "standard":
        return [
            SourceExtracts("marketing", zulu, lambda: _standard(history, MARKETING_OBJECTS)),
            SourceExtracts("crm", local(history.utc_offset_seconds), lambda: _standard(history, CRM_OBJECTS)),
        ]
    if shape.family == "hubspot":
        return [_of_vendor("hubspot", HUBSPOT, hubspot_extracts, history, shape)]
    return [
        _of_vendor("marketing", HUBSPOT, marketing_extracts, history, shape),
        _of_vendor("crm", SALESFORCE, salesforce_extracts, history, shape),
    ]


def _standard(history: History, object_names: tuple[str, ...]) -> Iterator[Extract]:
    for name in object_names:
        yield Extract(name, history.table(name), name not in DUMPED_OBJECTS)


def _of_vendor(
    name: str, vendor: str, make: Callable[[History], Iterator[Extract]], history: History, shape: Shape
) -> SourceExtracts:
    loader = LOADERS[shape.loader]
    return SourceExtracts(
        name,
        loader.instant(vendor),
        lambda: (loader.spelled(vendor, extract) for extract in make(history)),
    )
