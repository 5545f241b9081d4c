"""The attainment of a period as a table in Markdown, for where tables are read on a screen.

What belongs here: which words and figures the rows of `sla_attainment` get. What doesn't: any figure, and how they are
shown on a terminal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagster_project.attainment.terminal import STATUS_WORDS, outlook, target_and_actual

# A status is told by its word and its shape.
SHAPES = {"met": "✔", "missed": "✘", "on_track": "▶", "at_risk": "▲", "no_data": "–"}
HEADINGS = ("commitment", "owner", "target", "actual", "can still end", "status")
NUMBERS = ("target", "actual")


def attainment_markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows of `sla_attainment` of one period as a Markdown table, in the order given."""
    lines = [
        _line(HEADINGS),
        _line("---:" if heading in NUMBERS else "---" for heading in HEADINGS),
        *(_line(_cells(row)) for row in rows),
    ]
    if not all(row["final"] for row in rows):
        lines += ["", "Not final: the period runs, or something owed in it is undecided."]
    return "\n".join(lines)


def _cells(row: Mapping[str, Any]) -> list[str]:
    target, actual = target_and_actual(row)
    word, _ = STATUS_WORDS[row["status"]]
    status = f"{SHAPES[row['status']]} **{word}**" + ("" if row["final"] else ", not final")
    return [_text(row["commitment_id"]), row["owner"], target, actual, outlook(row), status]


def _line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """A name that stays a name, whatever characters it has."""
    plain = " ".join(text.split())
    return "".join(
        f"\\{character}" if character in "\\`*_{}[]()<>#+-.!|~&" else character for character in plain
    )
