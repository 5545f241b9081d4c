"""`sources.yml`: which sources are read, and how.

What belongs here: the settings' shape and their validation, all problems at once. What doesn't: reading any extract.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import pyarrow as pa
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from dagster_project.strict_yaml import KeyPath, Problem, YamlFile, describe, key_path_text, read_yaml

from .declarations import FAMILIES, ObjectDeclaration, objects_of
from .vendor_words import MEANINGS, VENDOR_FAMILIES, VendorWord, compared, vendor_words

Delivery = Literal["daily", "dump"]
ENCODINGS = ("utf-8", "utf-16", "latin-1", "cp1252")
PYTHON_CODECS = {"utf-8": "utf-8", "utf-16": "utf-16", "latin-1": "latin-1", "cp1252": "cp1252"}
LARGEST_RATE = Decimal(10) ** 10
RATE_DECIMALS = 8
QUOTE_IT = "YAML reads this as something else than text: put it in quotes"


class SourcesErrors(ValueError):
    """All that is wrong in `sources.yml`; `str()` is the whole message for the user."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        number = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        message = "\n\n".join([f"The sources can't be read: {number}.", *(str(each) for each in problems)])
        super().__init__(message)


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("unknown zone")
    return name


def _one_delimiter(text: str) -> str:
    if len(text) != 1 or not (text == "\t" or " " < text <= "~") or text.isalnum() or text in "\"'.-+":
        raise ValueError("no delimiter")
    return text


def _one_at(text: str) -> str:
    mailbox, at, _ = text.strip().partition("@")
    if not mailbox or not at or text.count("@") != 1:
        raise ValueError("no mailbox")
    return text.strip().lower()


def _a_rate(rate: Decimal | int) -> Decimal:
    rate = Decimal(rate)
    if not 0 < rate < LARGEST_RATE or rate != round(rate, RATE_DECIMALS):
        raise ValueError("no rate")
    return rate


def _a_share(share: Decimal | int) -> Decimal:
    if not 0 <= share <= 1:
        raise ValueError("no share")
    return Decimal(share)


def _a_text(text: str) -> str:
    if not text.strip():
        raise ValueError("no text")
    return text


def _a_text_map(meanings: str, words: str) -> Any:
    return Field(default_factory=dict, description=f"a block of {meanings} by the vendor's {words}")


CurrencyCode = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
SharedEmail = Annotated[str, AfterValidator(_one_at)]
Rate = Annotated[Decimal | int, AfterValidator(_a_rate)]
VendorText = Annotated[str, AfterValidator(_a_text)]
Meanings = dict[str, VendorText]


class Limits(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    expanded_bytes: int = Field(8 * 1024**3, gt=0, description="a whole number of bytes above 0")
    expansion_ratio: int = Field(200, gt=0, description="a whole number above 0")


class Source(BaseModel):
    """One source: a folder of extracts, and how they are to be read. A field's description says what is expected."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(
        pattern="^[A-Za-z0-9][A-Za-z0-9_-]*$",
        description="a folder's name of letters, digits, - and _, that begins with a letter or digit",
    )
    family: str = Field(description=f"one of {', '.join(FAMILIES)}")
    timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC", description="a time zone's name, such as America/Mexico_City"
    )
    currency: CurrencyCode = Field(description="a currency's three capital letters, such as MXN")
    encoding: Literal["utf-8", "utf-16", "latin-1", "cp1252"] = Field(
        "utf-8", description=f"one of {', '.join(ENCODINGS)}"
    )
    delimiter: Annotated[str, AfterValidator(_one_delimiter)] = Field(
        ",", description='one character, such as "," or ";" or "\\t"'
    )
    decimal: Literal[".", ","] = Field(".", description='"." or ","')
    delivery: Delivery | dict[str, Delivery] = Field(
        "daily", description="daily, dump, or a block of one of these by object and `default`"
    )
    series_from: date | None = Field(None, description="a date, such as 2026-01-01")
    required: tuple[str, ...] | None = Field(None, description="a list of objects", strict=False)
    rates: dict[CurrencyCode, Rate] = Field(
        default_factory=dict,
        description="a block of rates above 0 with at most 8 decimals, by a currency's three capital letters",
    )
    shared_emails: tuple[SharedEmail, ...] = Field(
        (), description='a list of addresses, or names that end in @, such as "info@"', strict=False
    )
    max_quarantined_share: Annotated[Decimal | int, AfterValidator(_a_share)] = Field(
        Decimal("0.01"), description="a number from 0 to 1"
    )
    limits: Limits = Field(Limits(), description="a block of expanded_bytes and expansion_ratio")
    content_types: Meanings = _a_text_map("content types", "form, page, e-mail, event or campaign")
    touch_types: Meanings = _a_text_map("touch types", "form, page, e-mail, event or campaign")
    activity_types: Meanings = _a_text_map("activity types", "type of task")
    dispositions: Meanings = _a_text_map("outcomes", "disposition of a call")
    meeting_statuses: Meanings = _a_text_map("meeting statuses", "outcome of a meeting")
    deal_stages: Meanings = _a_text_map("open, won or lost", "stage of a deal")
    sales_departments: tuple[VendorText, ...] = Field(
        (), description="a list of profiles, roles, teams or departments", strict=False
    )
    is_crm: bool | None = Field(None, description="true or false: whether sales works in this HubSpot too")

    @property
    def objects(self) -> Mapping[str, ObjectDeclaration]:
        return objects_of(self.family)

    @property
    def words(self) -> tuple[VendorWord, ...]:
        """The vendor's words and what they mean: none of the standard family, whose words are ours."""
        blocks = {block: getattr(self, block) for block in MEANINGS}
        return tuple(vendor_words(self.name, self.family, blocks, self.sales_departments))

    @property
    def codec(self) -> str:
        return PYTHON_CODECS[self.encoding]

    def delivery_of(self, object_name: str) -> Delivery:
        """How an object is delivered: `daily` unless the settings say otherwise."""
        if isinstance(self.delivery, str):
            return self.delivery
        return self.delivery.get(object_name, self.delivery.get("default", "daily"))


@dataclass(frozen=True)
class Sources:
    """The declared sources, in the order of the file, and its settings of data checks by their ids."""

    by_name: Mapping[str, Source]
    checks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Source]:
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> Source:
        return self.by_name[name]

    def __len__(self) -> int:
        return len(self.by_name)

    def is_crm(self, source: Source) -> bool:
        """Whether sales works in a source: as it says, or in a HubSpot where no other kind of system is declared."""
        if source.is_crm is not None:
            return source.is_crm
        return source.family != "hubspot" or all(each.family == "hubspot" for each in self)


# What is wrong in the block `checks`: place under it, found, expected, hint.
CheckSettingsProblems = Callable[[object], Iterable[tuple[tuple[str, ...], str, str, str | None]]]


def load_sources(path: Path, check_settings_problems: CheckSettingsProblems = lambda _: ()) -> Sources:
    """Read and validate `sources.yml`. Raises SourcesErrors with everything that is wrong in it.

    Which checks there are and how they may be set is known to `check_settings_problems`; without it the block `checks`
    is taken as it is.
    """
    file = read_yaml(path, str(path), "a block `sources:` with one block per source", "SLA_SOURCES")
    found: dict[str, Source] = {}
    blocks = file.values.get("sources") if file.values else None
    for key in file.values:
        if key not in ("sources", "checks"):
            file.add_problem((key,), f"the key `{key}`", "only `sources` and `checks`")
    checks = file.values.get("checks", {})
    for place, found_there, expected, hint in check_settings_problems(checks):
        file.add_problem(("checks", *place), found_there, expected, hint)
    if isinstance(blocks, dict) and blocks:
        for name, settings in blocks.items():
            source = _source(name, settings, file)
            if source is not None:
                found[name] = source
        _check_folders_apart(list(blocks), file)
    elif not file.problems:
        file.add_problem(("sources",), "no source", "a block with one block per source")
    if file.problems:
        raise SourcesErrors(sorted(file.problems, key=lambda problem: problem.line or 0))
    return Sources(found, checks if isinstance(checks, dict) else {})


def _source(name: str, settings: object, file: YamlFile) -> Source | None:
    path: KeyPath = ("sources", name)
    if not isinstance(settings, dict):
        file.add_problem(path, describe(settings), "a block that says how the source is read")
        return None
    if "name" in settings:
        file.add_problem((*path, "name"), "the key `name`", "the source's name as the key of its block")
        return None
    family = settings.get("family")
    if isinstance(family, str) and family not in FAMILIES:
        file.add_problem((*path, "family"), f'the text "{family}"', f"one of {', '.join(FAMILIES)}")
        return None
    try:
        source = Source.model_validate({**settings, "name": name})
    except ValidationError as error:
        # Where one of several shapes is allowed, the deepest problem says most: it comes first, and once.
        for details in sorted(error.errors(), key=lambda each: -len(each["loc"])):
            _add_validation_problem(dict(details), settings, path, file)
        return None
    count = len(file.problems)
    _check_objects(source, path, file)
    _check_words(source, settings, path, file)
    return source if len(file.problems) == count else None


def _add_validation_problem(
    details: dict[str, Any], settings: dict[str, object], path: KeyPath, file: YamlFile
) -> None:
    key, *inner = details["loc"]
    place, value = (path, None) if key == "name" else ((*path, key), settings.get(key))
    for part in inner:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and part in range(len(value))
        ):
            place, value = (*place, part), value[part]
    shown_place = key_path_text(place)
    if any(problem.key_path.startswith(shown_place) for problem in file.problems):
        return
    known = {**Source.model_fields, **Limits.model_fields}
    if details["type"] == "extra_forbidden":
        allowed = sorted({*(Limits.model_fields if key == "limits" else Source.model_fields)} - {"name"})
        near = difflib.get_close_matches(str(place[-1]), allowed, n=1)
        hint = f"is `{near[0]}` meant?" if near else None
        file.add_problem(place, f"the key `{place[-1]}`", f"one of {', '.join(allowed)}", hint)
        return
    expected = known[inner[0] if key == "limits" and inner and inner[0] in known else key].description or ""
    if key == "name":
        file.add_problem(place, f"the name `{path[-1]}`", expected)
    elif details["type"] == "missing":
        file.add_problem(place, "nothing", expected)
    else:
        is_text_expected = key in ("currency", "timezone", "encoding", "delimiter", "decimal")
        hint = QUOTE_IT if is_text_expected and value is not None and not isinstance(value, str) else None
        file.add_problem(place, describe(value, file.written.get(place)), expected, hint)


def _check_objects(source: Source, path: KeyPath, file: YamlFile) -> None:
    known = ", ".join(source.objects)
    for index, name in enumerate(source.required or ()):
        place: KeyPath = (*path, "required", index)
        if name not in source.objects:
            file.add_problem(place, f'the text "{name}"', f"one of {known}")
        elif name in (source.required or ())[:index]:
            file.add_problem(place, f"{name} a second time", "each object once")
    if isinstance(source.delivery, dict):
        for name in source.delivery:
            if name != "default" and name not in source.objects:
                file.add_problem(
                    (*path, "delivery", name), f"the key `{name}`", f"default, or one of {known}"
                )


def _check_words(source: Source, settings: Mapping[str, object], path: KeyPath, file: YamlFile) -> None:
    """The vendor's words mean something of ours, each one thing; the standard family's words need no meaning."""
    for key in (*MEANINGS, "sales_departments"):
        if key in settings and source.family not in VENDOR_FAMILIES:
            expected = (
                f"no such key in a source of the family {source.family}: its words are this project's own"
            )
            file.add_problem((*path, key), f"the key `{key}`", expected)
    if source.is_crm is not None and source.family != "hubspot":
        file.add_problem(
            (*path, "is_crm"), "the key `is_crm`", "this key in sources of the family hubspot only"
        )
    for block, (_, meanings) in MEANINGS.items():
        said: Mapping[str, str] = getattr(source, block)
        seen: dict[str, str] = {}
        for word, meaning in said.items():
            if meanings is not None and meaning not in meanings:
                file.add_problem(
                    (*path, block, word), f'the text "{meaning}"', f"one of {', '.join(meanings)}"
                )
            other = seen.setdefault(compared(word), word)
            if other != word:
                expected = "each word once: they are compared without case and accents"
                file.add_problem((*path, block, word), f"the words `{other}` and `{word}`", expected)


def _check_folders_apart(names: list[str], file: YamlFile) -> None:
    """Two sources whose names differ only in case are one folder on some file systems."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            file.add_problem(
                ("sources", name), f"the names `{other}` and `{name}`", "names that differ in more than case"
            )


def settings_tables(sources: Sources) -> dict[str, pa.Table]:
    """What the models need of the settings, as tables.

    `sources`: source, family, timezone, currency, decimal, is_crm. `exchange_rates`: source, currency, rate
    decimal(18, 8), the contract's currency for one unit. `shared_emails`: kind (`mailbox` or `name`), value (`info@` is
    the name `info`). `vendor_words`: source, kind, word, meaning.
    """
    texts = ("source", "family", "timezone", "currency", "decimal")
    rates = [(source.name, currency, rate) for source in sources for currency, rate in source.rates.items()]
    words = [word for source in sources for word in source.words]
    shared = sorted({address for source in sources for address in source.shared_emails})
    return {
        "sources": pa.table(
            {
                text: pa.array([getattr(source, "name" if text == "source" else text) for source in sources])
                for text in texts
            }
            | {"is_crm": pa.array([sources.is_crm(source) for source in sources])}
        ),
        "exchange_rates": pa.table(
            {
                "source": pa.array([source for source, _, _ in rates], pa.string()),
                "currency": pa.array([currency for _, currency, _ in rates], pa.string()),
                "rate": pa.array(
                    [round(Decimal(rate), RATE_DECIMALS) for _, _, rate in rates], pa.decimal128(18, 8)
                ),
            }
        ),
        "shared_emails": pa.table(
            {
                "kind": pa.array(
                    ["name" if address.endswith("@") else "mailbox" for address in shared], pa.string()
                ),
                "value": pa.array([address.removesuffix("@") for address in shared], pa.string()),
            }
        ),
        "vendor_words": pa.table(
            {
                name: pa.array([getattr(word, name) for word in words], pa.string())
                for name in VendorWord._fields
            }
        ),
    }
