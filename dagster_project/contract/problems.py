"""What is wrong with a contract, said so that whoever wrote it can put it right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

LONGEST_SHOWN = 60
NOTHING = "nothing"


@dataclass(frozen=True)
class ContractProblem:
    """One thing to put right (or, as a warning, to look at).

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

    def in_file(self, file: str) -> ContractProblem:
        return replace(self, file=file)


class ContractErrors(ValueError):
    """All that is wrong in a contracts folder; `str()` is the whole message for the user."""

    def __init__(self, problems: list[ContractProblem]) -> None:
        self.problems = problems
        number = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        message = "\n\n".join([f"The contract can't be used: {number}.", *(str(each) for each in problems)])
        super().__init__(message)


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
