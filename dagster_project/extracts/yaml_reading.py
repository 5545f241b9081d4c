"""One YAML file read strictly: doubled keys are found, decimals stay exact, and every value knows its line.

What belongs here: text of a file → plain values. What the values should be is none of this module's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

KeyPath = tuple[str | int, ...]

TAG = "tag:yaml.org,2002:"
LARGEST_FILE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class SettingProblem:
    """One thing to put right. `key_path` is the place in the file (`sources.crm.timezone`), `line` counts from 1."""

    file: str
    key_path: str
    found: str
    expected: str
    hint: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        place = f"{place}, {self.key_path}" if self.key_path else place
        lines = [place, f"  found:    {self.found}", f"  expected: {self.expected}"]
        return "\n".join([*lines, f"  hint:     {self.hint}"] if self.hint else lines)


@dataclass
class SettingsFile:
    """The values of one file with the line and the spelling of each, and what is wrong with its YAML."""

    name: str
    values: dict[str, object] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    written: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[SettingProblem] = field(default_factory=list)

    def add_problem(
        self, path: KeyPath, found: str, expected: str, hint: str | None = None, line: int | None = None
    ) -> None:
        place = path
        while place and place not in self.lines:
            place = place[:-1]
        self.problems.append(
            SettingProblem(
                self.name, key_path_text(path), found, expected, hint, line or self.lines.get(place)
            )
        )


def key_path_text(path: KeyPath) -> str:
    """`("sources", "crm", "required", 1)` → `sources.crm.required[1]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_settings_file(path: Path) -> SettingsFile:
    """Read a file that holds one block of keys. What is wrong with it is in `.problems`; nothing is raised."""
    file = SettingsFile(str(path))
    text = _text(path, file)
    if text is None:
        return file
    try:
        node = yaml.SafeLoader(text).get_single_node()
        values = None if node is None else _value(node, (), file, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = "; ".join(part for part in (error.context, error.problem) if part)
        hint = "look at the indentation, the brackets and the quotes around this line"
        file.add_problem((), found, "readable YAML", hint, mark.line + 1 if mark else None)
        return file
    except (yaml.YAMLError, RecursionError) as error:
        found = "blocks nested too deeply" if isinstance(error, RecursionError) else str(error)
        file.add_problem((), found, "readable YAML")
        return file
    if isinstance(values, dict):
        file.values = values
    else:
        file.add_problem((), "no block of keys", "a block `sources:` with one block per source")
    return file


def _text(path: Path, file: SettingsFile) -> str | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        file.add_problem(
            (), "no such file", "a file that says which sources are read", "set SLA_SOURCES to its path"
        )
        return None
    except OSError as error:
        file.add_problem((), error.strerror or str(error), "a readable file")
        return None
    if len(data) > LARGEST_FILE_BYTES:
        file.add_problem((), f"{len(data):,} bytes", f"at most {LARGEST_FILE_BYTES:,} bytes")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        file.add_problem(
            (), f"the byte 0x{data[error.start]:02X}", "UTF-8 text", "save the file as UTF-8", line
        )
        return None


def _value(node: yaml.Node, path: KeyPath, file: SettingsFile, around: tuple[int, ...]) -> object:
    if id(node) in around:
        raise yaml.YAMLError("an alias (*name) refers to a block that holds it")
    around = (*around, id(node))
    if isinstance(node, yaml.MappingNode):
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                file.add_problem(path, "a list or block as a key", "a word as a key", line=line)
                continue
            key_path = (*path, key_node.value)
            if key_node.value in values:
                found = f"the key `{key_node.value}` a second time (first on line {file.lines[key_path]})"
                file.add_problem(key_path, found, "each key once", "keep the one that is meant", line)
                continue
            file.lines[key_path] = line
            values[key_node.value] = _value(value_node, key_path, file, around)
        return values
    if isinstance(node, yaml.SequenceNode):
        entries = []
        for index, child in enumerate(node.value):
            file.lines[(*path, index)] = child.start_mark.line + 1
            entries.append(_value(child, (*path, index), file, around))
        return entries
    file.written[path] = node.value
    return _scalar(node)


def _scalar(node: yaml.Node) -> object:
    text: str = node.value
    kind = node.tag.removeprefix(TAG)
    try:
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in ("yes", "true", "on")
        if (
            kind == "int"
            and text.lstrip("+-").isdecimal()
            and (text.lstrip("+-") == "0" or text.lstrip("+-")[0] != "0")
        ):
            return int(text)
        if kind in ("int", "float"):
            return Decimal(text)
        if kind == "timestamp" and len(text) == len("2026-01-01"):
            return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        return (
            text  # such as 2026-02-30 or 0x1F: neither a date nor a plain number, reported as the text it is
        )
    return text
