"""The days on which a version's business hours don't apply, and their keeping.

A country's holidays are what the holidays library says when a version is first used: they are then
written to a file, and that file is right from then on. A newer library that disagrees is reported
and changes nothing. The version's own `add` and `remove` are in the contract and need no keeping.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dagster_project.strict_yaml import Problem

from .problems import ContractErrors
from .schema import ContractVersion

LAST_YEAR = 2101  # deadlines are walked out to the end of this year at most
LONGEST_NAME = 60


@dataclass(frozen=True)
class HolidayFinding:
    """A date on which the holidays kept for a version and today's library differ.

    `is_kept`: the kept dates, which count, have it and the library doesn't; else the reverse.
    """

    version: int
    country: str
    subdivision: str | None
    holiday_date: date
    is_kept: bool


def library_holidays(country: str, subdivision: str | None, first_year: int, last_year: int) -> set[date]:
    """A country's public holidays, observed days included, of whole years."""
    import holidays

    with warnings.catch_warnings():
        # Some calendars are only known for some years; a year that isn't has no holidays.
        warnings.simplefilter("ignore", UserWarning)
        found = holidays.country_holidays(
            country, subdiv=subdivision, years=range(first_year, last_year + 1), expand=False, observed=True
        )
    return {day for day in found if first_year <= day.year <= last_year}


def holidays_of(
    version: ContractVersion, first: date, last: date, folder: Path | None
) -> tuple[set[date], list[HolidayFinding]]:
    """The dates without business hours of one version, and where the kept ones differ from the library.

    Dates outside `first` to `last` may be missing. With a folder, the country's dates of a signed
    version are kept in it (a draft isn't used until it is signed). Raises ContractErrors when a
    kept file can't be read.
    """
    declared = version.business_hours.holidays
    dates: set[date] = set()
    findings: list[HolidayFinding] = []
    if declared.country is not None:
        country, subdivision = declared.country, declared.subdivision
        given = library_holidays(country, subdivision, first.year, LAST_YEAR)
        dates = given
        if folder is not None and version.is_signed:
            dates = _kept(version, folder, given, first.year)
            findings = [
                HolidayFinding(version.version, country, subdivision, day, is_kept=day in dates)
                for day in sorted(dates ^ given)
                if first <= day <= last
            ]
    return (dates | set(declared.add)) - set(declared.remove), findings


def _kept(version: ContractVersion, folder: Path, given: set[date], first_year: int) -> set[date]:
    """The kept dates; years that aren't kept yet are taken from `given` and kept from now on."""
    declared = version.business_hours.holidays
    place = "-".join(part for part in (declared.country, declared.subdivision) if part)
    file = folder / f"{_file_name(version.contract)}-v{version.version}-{_file_name(place)}.json"
    if not file.exists():
        _write(file, version, first_year, given)
        return given
    kept_from, kept = _read(file)
    if first_year < kept_from:
        kept |= {day for day in given if day.year < kept_from}
        _write(file, version, first_year, kept)
    return kept


def _file_name(text: str) -> str:
    """Text as part of a file's name; characters that a path could trip over are spelt out."""
    name = "".join(
        character if character.isalnum() or character in "-_" else f"%{ord(character):02X}"
        for character in text
    )
    return name[:LONGEST_NAME]


def _read(file: Path) -> tuple[int, set[date]]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return int(content["from_year"]), {date.fromisoformat(day) for day in content["dates"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = Problem(
            str(file),
            "",
            f"a damaged file ({error})",
            "the holidays kept for a contract version",
            "restore it from a backup; without one, delete it, and the dates are expanded anew",
        )
        raise ContractErrors([problem]) from error


def _write(file: Path, version: ContractVersion, first_year: int, dates: set[date]) -> None:
    """Replace the file whole: a run that is killed leaves the old one or the new one."""
    declared = version.business_hours.holidays
    content = {
        "contract": version.contract,
        "version": version.version,
        "country": declared.country,
        "subdivision": declared.subdivision,
        "from_year": first_year,
        "to_year": LAST_YEAR,
        "dates": [day.isoformat() for day in sorted(dates)],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    with unfinished.open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)


def finding_rows(findings: list[HolidayFinding]) -> Iterator[dict[str, object]]:
    for finding in findings:
        yield {
            "version": finding.version,
            "country": finding.country,
            "subdivision": finding.subdivision,
            "holiday_date": finding.holiday_date,
            "is_kept": finding.is_kept,
        }
