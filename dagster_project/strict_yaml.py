"""YAML read strictly: doubled keys are found, numbers stay exact, every value knows its line, and what is wrong is said
so that whoever wrote the file can put it right.

What belongs here: text of a file → plain values, and problems in such a file. What a contract or `sources.yml` should
say is none of this module's business; keys are always text, as they are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import yaml

KeyPath = tuple[str | int, ...]

LARGEST_FILE_BYTES = 1024 * 1024
LONGEST_INT = 100
MOST_VALUES = 100_000  # aliases of aliases can make a small file endless

TAG = "tag:yaml.org,2002:"
PLAIN_WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
PLAIN_DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


LONGEST_SHOWN = 60
NOTHING = "nothing"


@dataclass(frozen=True)
class Problem:
    """One thing in a file to put right (or, as a warning, to look at).

    `key_path` is the place in the file (`mql.fit[2].points`, entries counted from 0; empty for the
    file as a whole), `line` counts from 1.
    """

    file: str
    key_path: str
    found: str
    expected: str
    hint: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        if self.key_path:
            place = f"{place}, {self.key_path}"
        lines = [place, f"  found:    {self.found}", f"  expected: {self.expected}"]
        if self.hint:
            lines.append(f"  hint:     {self.hint}")
        return "\n".join(lines)

    def in_file(self, file: str) -> Problem:
        return replace(self, file=file)


@dataclass(frozen=True)
class UnclearNumber:
    """A number whose spelling YAML reads otherwise than most people do: 012 is ten."""

    written: str
    value: int | Decimal


def shown(text: str) -> str:
    """Text fit for a message: shortened, and nothing in it that a terminal would obey."""
    plain = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text[: LONGEST_SHOWN + 1])
    return plain if len(plain) <= LONGEST_SHOWN else plain[: LONGEST_SHOWN - 1] + "…"


def describe(value: object, written: str | None = None) -> str:
    """A value as the user would recognise it; `written` is its spelling in the file, if known."""
    written = None if written is None else shown(written)
    if value is None:
        return NOTHING if not written else f"nothing, written {written}"
    if isinstance(value, bool):
        word = "true" if value else "false"
        return word if written in (None, word) else f"{word}, written {written}"
    if isinstance(value, UnclearNumber):
        return f"the number {shown(str(value.value))}, written {shown(value.written)}"
    if isinstance(value, int | Decimal):
        return f"the number {written or shown(str(value))}"
    if isinstance(value, datetime):
        return f"the time {written or value.isoformat()}"
    if isinstance(value, date):
        return f"the date {value.isoformat()}"
    if isinstance(value, str):
        return f'the text "{shown(value)}"'
    if isinstance(value, list):
        return "an empty list" if not value else f"a list of {len(value)}"
    if isinstance(value, dict):
        keys = ", ".join(str(key) for key in value)
        return f"a block with the keys {shown(keys)}" if value else "an empty block"
    return shown(str(value))


@dataclass
class YamlFile:
    """The values of one file, with the line and the spelling of each."""

    name: str
    values: dict[str, object] = field(default_factory=dict)
    is_readable: bool = False
    lines: dict[KeyPath, int] = field(default_factory=dict)
    written: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def problem(
        self,
        path: KeyPath,
        found: str,
        expected: str,
        hint: str | None = None,
        line: int | None = None,
    ) -> Problem:
        return Problem(
            file=self.name,
            key_path=key_path_text(path),
            found=found,
            expected=expected,
            hint=hint,
            line=line or self.line_of(path),
        )

    def add_problem(
        self,
        path: KeyPath,
        found: str,
        expected: str,
        hint: str | None = None,
        line: int | None = None,
    ) -> None:
        self.problems.append(self.problem(path, found, expected, hint, line))


def key_path_text(path: KeyPath) -> str:
    """`("mql", "fit", 2, "points")` → `mql.fit[2].points`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{shown(part)}" if text else shown(part)
    return text


class _Reader:
    def __init__(self, file: YamlFile) -> None:
        self.file = file
        self.count = 0
        self.open_nodes: set[int] = set()

    def value(self, node: yaml.Node, path: KeyPath) -> object:
        self.count += 1
        if self.count > MOST_VALUES:
            raise yaml.YAMLError(f"more than {MOST_VALUES:,} values")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if id(node) in self.open_nodes:
            raise yaml.YAMLError("an alias (*name) refers to a block that holds it")
        self.open_nodes.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self.mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                self.check_tag(node, path, "seq")
                return [self.entry(child, (*path, index)) for index, child in enumerate(node.value)]
        finally:
            self.open_nodes.discard(id(node))
        raise yaml.YAMLError(f"a node of an unknown kind: {node.tag}")

    def entry(self, node: yaml.Node, path: KeyPath) -> object:
        self.file.lines[path] = node.start_mark.line + 1
        return self.value(node, path)

    def check_tag(self, node: yaml.Node, path: KeyPath, *names: str) -> None:
        if node.tag not in {TAG + name for name in names}:
            tag = node.tag.replace(TAG, "!!")
            self.file.add_problem(path, f"the tag {tag}", "a plain value", "leave the tag out")

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object]:
        self.check_tag(node, path, "map")
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.file.add_problem(path, "a list or block as a key", "a word as a key", line=line)
                continue
            key = key_node.value
            key_path = (*path, key)
            if key in values:
                first = self.file.lines[key_path]
                self.file.add_problem(
                    key_path,
                    f"the key `{shown(key)}` a second time (first on line {first})",
                    "each key once",
                    "keep the one that is meant",
                    line=line,
                )
                continue
            self.file.lines[key_path] = line
            values[key] = self.value(value_node, key_path)
        return values

    def scalar(self, node: yaml.ScalarNode, path: KeyPath) -> object:
        text: str = node.value
        kind = node.tag.removeprefix(TAG)
        self.file.written[path] = text
        if kind in ("str", "merge", "value"):
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in ("yes", "true", "on")
        if kind in ("int", "float"):
            return _number(text, kind)
        if kind == "timestamp":
            return _date(text)
        self.check_tag(node, path, "str")
        return text


def _number(text: str, kind: str) -> object:
    if kind == "int" and PLAIN_WHOLE_NUMBER.fullmatch(text):
        return int(text) if len(text) <= LONGEST_INT else Decimal(text)
    if kind == "float" and PLAIN_DECIMAL.fullmatch(text):
        return Decimal(text)
    try:
        value = yaml.SafeLoader("")  # what YAML itself would make of it
        node = yaml.ScalarNode(TAG + kind, text)
        number = value.construct_yaml_int(node) if kind == "int" else value.construct_yaml_float(node)
    except ValueError:
        return text
    if isinstance(number, int):
        return UnclearNumber(text, number) if number.bit_length() < LONGEST_INT else text
    return UnclearNumber(text, Decimal(repr(number)))


def _date(text: str) -> object:
    try:
        if PLAIN_DATE.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text)
    except ValueError:
        return text  # such as 2026-02-30: no date, and reported as the text it is


def read_yaml(path: Path, name: str, expected: str, setting: str) -> YamlFile:
    """Read a file that holds one block of keys; `name` is what problems call it, `expected` what it should hold.
    `setting` is the setting that says where it lies.

    Never raises for what a file holds: unreadable bytes, syntax errors, doubled keys and the like
    are in `.problems`, and what could be read is in `.values`.
    """
    file = YamlFile(name)
    text = _text(path, file, setting)
    if text is None:
        return file
    try:
        node = yaml.SafeLoader(text).get_single_node()
        if node is None:
            file.add_problem((), "an empty file", expected)
            return file
        values = _Reader(file).value(node, ())
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = f"the character U+{error.character:04X}" if isinstance(error.character, int) else error.reason
        file.add_problem((), found, "printable text", "delete the character", line=line)
        return file
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = "; ".join(part for part in (error.context, error.problem) if part)
        file.add_problem(
            (),
            what,
            "readable YAML",
            "look at the indentation, the brackets and the quotes around this line",
            line=mark.line + 1 if mark else None,
        )
        return file
    except (yaml.YAMLError, RecursionError) as error:
        found = "blocks nested too deeply" if isinstance(error, RecursionError) else str(error)
        file.add_problem((), found, "readable YAML")
        return file
    if not isinstance(values, dict):
        file.add_problem((), "a list" if isinstance(values, list) else "a single value", expected)
        return file
    file.values, file.is_readable = values, True
    return file


def _text(path: Path, file: YamlFile, setting: str) -> str | None:
    if not path.is_file():
        is_there = path.exists() or path.is_symlink()
        found = "a folder, a pipe or a broken link" if is_there else "no such file"
        file.add_problem((), found, "a file", f"look at the setting {setting}")
        return None
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            file.add_problem((), f"{path.stat().st_size:,} bytes", f"at most {LARGEST_FILE_BYTES:,} bytes")
            return None
        data = path.read_bytes()
    except OSError as error:
        file.add_problem((), error.strerror or str(error), "a readable file")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        file.add_problem(
            (), f"the byte 0x{data[error.start]:02X}", "UTF-8 text", "save the file as UTF-8", line=line
        )
        return None
