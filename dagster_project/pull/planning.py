"""Which sources are pulled, and what of each: from the settings and `sources.yml` to feeds.

What belongs here: that decision, and the names of the settings. What doesn't: any request. A source is
whatever has the attributes below; the room that reads `sources.yml` is another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dagster_project.column_names import loose_name

from .api import PATIENT, Patience, PullError
from .hubspot import DEFAULT_URL, MARKETING, TOKEN_SETTING, HubSpotAccess, hubspot_feeds
from .parts import Feed
from .pulling import Target
from .salesforce import ID_SETTING, SECRET_SETTING, SalesforceAccess, salesforce_feeds

HUBSPOT_URL_SETTING, SALESFORCE_URL_SETTING = "SLA_PULL_HUBSPOT_URL", "SLA_PULL_SALESFORCE_URL"
SKIP_SETTING = "SLA_PULL_SKIP"
NEEDED = {
    "hubspot": (TOKEN_SETTING,),
    "salesforce": (SALESFORCE_URL_SETTING, ID_SETTING, SECRET_SETTING),
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SourceRead(Protocol):
    """What a pull needs to know of a source. An object's declaration has `columns`, each with its
    `loose_names`."""

    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def objects(self) -> Mapping[str, Any]: ...


class SourcesRead(Protocol):
    """The sources in their order, and which HubSpot is sales' system too."""

    def __iter__(self) -> Iterator[Any]: ...
    def is_crm(self, source: Any, /) -> bool: ...


@dataclass(frozen=True)
class Plan:
    """One source's pull: where to, and what is asked for."""

    target: Target
    feeds: list[Feed]


def plans(
    values: Mapping[str, str],
    sources: SourcesRead,
    landing: Path,
    state: Path,
    attributes: Collection[str] = (),
    patience: Patience = PATIENT,
) -> list[Plan]:
    """A plan for each source whose vendor's settings are given, in the order of the sources.

    `values` are the SLA_PULL_* settings by name, `attributes` further columns of contacts that are
    asked for, because a contract names them. A HubSpot in which sales doesn't work is asked for
    marketing's objects only. Raises PullError for settings that can't be used.
    """
    _check(values, list(sources))
    skipped = {name.strip() for name in values.get(SKIP_SETTING, "").split(",") if name.strip()}
    return [
        Plan(
            Target(source.name, ZoneInfo(source.timezone), landing, state),
            _feeds(
                source.family, values, _wanted(source, sources.is_crm(source), skipped, attributes), patience
            ),
        )
        for source in sources
        if is_pulled(values, source.family)
    ]


def is_pulled(values: Mapping[str, str], family: str) -> bool:
    """Whether all settings that a vendor needs are given."""
    return family in NEEDED and all(name in values for name in NEEDED[family])


def _feeds(
    family: str, values: Mapping[str, str], wanted: Mapping[str, frozenset[str]], patience: Patience
) -> list[Feed]:
    if family == "hubspot":
        url = values.get(HUBSPOT_URL_SETTING, DEFAULT_URL)
        return hubspot_feeds(HubSpotAccess(values[TOKEN_SETTING], url, patience), wanted)
    access = SalesforceAccess(
        values[SALESFORCE_URL_SETTING], values[ID_SETTING], values[SECRET_SETTING], patience
    )
    return salesforce_feeds(access, wanted)


def _wanted(
    source: SourceRead, is_crm: bool, skipped: set[str], attributes: Collection[str]
) -> dict[str, frozenset[str]]:
    """The loose names of the columns to ask for, by object."""
    wanted = {
        name: frozenset(loose for column in declaration.columns for loose in column.loose_names)
        for name, declaration in source.objects.items()
        if name not in skipped and (source.family != "hubspot" or name in MARKETING or is_crm)
    }
    if source.family == "hubspot" and "contacts" in wanted:
        wanted["contacts"] |= {loose_name(attribute) for attribute in attributes}
    return wanted


def _check(values: Mapping[str, str], sources: list[SourceRead]) -> None:
    problems = list(_problems(values, sources))
    if problems:
        raise PullError("\n".join(problems))


def _problems(values: Mapping[str, str], sources: list[SourceRead]) -> Iterator[str]:
    known = {name for source in sources if source.family in NEEDED for name in source.objects}
    for name in filter(None, (each.strip() for each in values.get(SKIP_SETTING, "").split(","))):
        if name not in known:
            yield f"{SKIP_SETTING} names {name}, which is no object that is pulled: {', '.join(sorted(known))}."
    for family, needed in NEEDED.items():
        given = [name for name in needed if name in values]
        of_family = [source.name for source in sources if source.family == family]
        if given and len(given) < len(needed):
            missing = ", ".join(name for name in needed if name not in values)
            yield f"To pull from {family}, {missing} must be set beside {', '.join(given)}."
        elif given and len(of_family) != 1:
            yield (
                f"{given[0]} is set, but sources.yml has {len(of_family)} sources of the family {family}: "
                "a pull serves exactly one of each."
            )
    for name in (HUBSPOT_URL_SETTING, SALESFORCE_URL_SETTING):
        if name in values:
            url = urlsplit(values[name])
            if not (url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)):
                yield f"{name} is {values[name]!r}, but an address that begins with https:// is expected."
    if not any(is_pulled(values, source.family) for source in sources):
        yield (
            f"Nothing is set to be pulled. Set {TOKEN_SETTING} for HubSpot, or "
            f"{', '.join(NEEDED['salesforce'])} for Salesforce, in the environment."
        )
