"""From a folder of contract files to validated versions, or to all that is wrong with them."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dagster_project.strict_yaml import NOTHING, KeyPath, Problem, YamlFile, describe, read_yaml, shown

from .consistency import check_file, check_folder
from .fields import QUOTE_IT
from .problems import ContractErrors
from .schema import ContractVersion

HINTS_FOR_MISSING_KEYS = {
    "signed_by": "write signed_by: [] while nobody has signed: the version is a draft then",
    "signed_on": "leave a signature out altogether until it is given: the version is a draft then",
    "basis": "write basis: scored, or basis: declared to trust the marketing system's own MQL date",
}


@dataclass(frozen=True)
class Contracts:
    """The contract versions of a folder, in the order in which they take effect (drafts included)."""

    versions: tuple[ContractVersion, ...]
    file_names: dict[int, str]
    warnings: tuple[Problem, ...] = ()

    @property
    def contract(self) -> str:
        return self.versions[0].contract

    @property
    def timezone(self) -> str:
        return self.versions[0].timezone

    @property
    def currency(self) -> str:
        return self.versions[0].currency

    @property
    def language(self) -> str:
        """The language of the latest signed version (of the latest draft where none is signed)."""
        return (self.signed or self.versions)[-1].language

    @property
    def signed(self) -> tuple[ContractVersion, ...]:
        return tuple(version for version in self.versions if version.is_signed)


def load_contracts(folder: Path) -> Contracts:
    """Read and validate every `*.yml` of a folder.

    Raises ContractErrors with everything that is wrong in any of the files: nothing is half
    accepted. A folder without a signed version is valid here: only a run needs one.
    """
    files = [_read(path) for path in _contract_files(folder)]
    problems: list[Problem] = []
    warnings: list[Problem] = []
    versions: list[tuple[ContractVersion, str]] = []
    for file in files:
        version, refused, warned = _version_of(file)
        problems += refused
        warnings += warned
        if version is not None:
            versions.append((version, file.name))
    problems += [finding.problem for finding in check_folder([file for file in files if file.is_readable])]
    if problems:
        raise ContractErrors(problems)
    # Of two with the same month only one can be signed; a draft comes after it.
    versions.sort(key=lambda each: (each[0].effective_from, not each[0].is_signed, each[0].version))
    return Contracts(
        versions=tuple(version for version, _ in versions),
        file_names={version.version: name for version, name in versions},
        warnings=tuple(warnings),
    )


def load_version(path: Path) -> ContractVersion:
    """Read and validate one file, wherever it lies: a draft need not be in the contracts folder.

    Raises ContractErrors with everything that is wrong in it.
    """
    if not path.is_file():
        found = "a folder" if path.exists() else "no such file"
        raise ContractErrors(
            [Problem(str(path), "", found, "the file of a contract version", "look at its name")]
        )
    version, problems, _ = _version_of(_read(path))
    if problems or version is None:
        raise ContractErrors(problems)
    return version


def _read(path: Path) -> YamlFile:
    return read_yaml(path, str(path), "a contract version, which is a block of keys", "SLA_CONTRACTS")


def _version_of(file: YamlFile) -> tuple[ContractVersion | None, list[Problem], list[Problem]]:
    """(the file's version, what refuses it, what doesn't)."""
    problems = list(file.problems)
    if not file.is_readable:
        return None, list(_once_each_place(problems)), []
    version, refused = _validate(file)
    findings = list(check_file(file))
    problems += refused + [finding.problem for finding in findings if not finding.is_warning]
    warnings = [finding.problem for finding in findings if finding.is_warning]
    return version, list(_once_each_place(problems)), warnings


def _contract_files(folder: Path) -> list[Path]:
    def refuse(found: str, expected: str, hint: str, file: Path = folder) -> ContractErrors:
        return ContractErrors([Problem(str(file), "", found, expected, hint)])

    if not folder.is_dir():
        found = "a file" if folder.exists() else "no such folder"
        raise refuse(found, "a folder of contract versions", "look at the setting SLA_CONTRACTS")
    visible = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    misnamed = [
        path for path in visible if path.name.lower().endswith((".yaml", ".yml")) and path.suffix != ".yml"
    ]
    if misnamed:
        # Silently left out, a signed version would change every figure.
        raise refuse(
            f"a file that ends in {misnamed[0].suffix}",
            "contract versions that end in .yml",
            f"rename it to {misnamed[0].stem}.yml, or move it out of the folder",
            misnamed[0],
        )
    paths = [path for path in visible if path.suffix == ".yml"]
    if not paths:
        raise refuse("no *.yml file", "a file for each contract version", "write the first version there")
    return paths


def _once_each_place(problems: list[Problem]) -> Iterator[Problem]:
    """The first problem of each place, in the order of the lines."""
    seen: set[tuple[str, int | None]] = set()
    for problem in sorted(problems, key=lambda each: each.line or 0):
        place = (problem.key_path, problem.line)
        if place not in seen or not problem.key_path:
            seen.add(place)
            yield problem


# ---------------------------------------------------------------- pydantic's errors as ours


def _validate(file: YamlFile) -> tuple[ContractVersion | None, list[Problem]]:
    try:
        return ContractVersion.model_validate(file.values), []
    except ValidationError as error:
        return None, [_problem(file, each) for each in error.errors(include_url=False)]


def _problem(file: YamlFile, error: ErrorDetails) -> Problem:
    path = _path_in_file(file, error["loc"])
    value, written = error.get("input"), file.written.get(path)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        key = str(path[-1])
        return file.problem(path, NOTHING, f"the key `{key}`", HINTS_FOR_MISSING_KEYS.get(key))
    if kind == "extra_forbidden":
        known = list(_model_at(path[:-1]).model_fields)
        close = difflib.get_close_matches(str(path[-1]), known, n=1)
        advice = f"did you mean `{close[0]}`?" if close else "take it out"
        return file.problem(
            path, f"the unknown key `{shown(str(path[-1]))}`", f"one of {', '.join(known)}", advice
        )
    if kind == "contract":
        hint: str | None = context["hint"]
        if hint == QUOTE_IT:
            hint = f'quote it: "{shown(written)}"' if written else None
        found = describe(value, written)
        if isinstance(error["loc"][-1], str) and error["loc"][-1] == "[key]":
            found = f"the key `{shown(str(path[-1]))}`"
        return file.problem(path, found, context["expected"], hint)
    expected, hint = {
        "list_type": ("a list", f"write [{shown(written)}]" if written else None),
        "too_short": ("at least one entry", "leave the key out if there is none"),
    }.get(kind, ("a block of keys", None))
    return file.problem(path, describe(value, written), expected, hint)


def _path_in_file(file: YamlFile, location: tuple[int | str, ...]) -> KeyPath:
    """The location without the steps that are pydantic's and not the file's."""
    path: list[int | str] = []
    inner: object = file.values
    for place, part in enumerate(location):
        if part == "[key]":
            break
        last = place == len(location) - 1
        if isinstance(inner, dict) and (part in inner or last):
            path.append(part)
            inner = inner.get(str(part))
        elif isinstance(inner, list) and isinstance(part, int):
            path.append(part)
            inner = inner[part]
        else:
            break
    return tuple(path)


def _model_at(path: KeyPath) -> type[BaseModel]:
    """The model of the block at a path."""
    model: type[BaseModel] = ContractVersion
    for part in path:
        if isinstance(part, str):
            inner = _model_in(model.model_fields[part].annotation)
            assert inner is not None, f"no block at {part}"
            model = inner
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model within `X | None`, `list[X]` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, Union, types.UnionType):
        found = [model for each in get_args(annotation) if (model := _model_in(each))]
        return found[0] if found else None
    return None
