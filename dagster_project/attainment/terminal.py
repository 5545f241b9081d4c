"""The attainment table on a terminal.

What belongs here: which words, colours and widths the rows of `sla_attainment` get as text. What
doesn't: any figure, and printing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any, cast

from rich.box import Box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dagster_project.attainment.metrics import METRICS, Kind

if TYPE_CHECKING:
    import pandas as pd

# A line under the header and nothing else, in characters that every terminal and log has.
RULED = Box("    \n    \n -- \n    \n    \n -- \n    \n    \n", ascii=True)

STATUS_WORDS = {
    "met": ("met", "green"),
    "missed": ("missed", "bold red"),
    "on_track": ("on track", "cyan"),
    "at_risk": ("at risk", "yellow"),
    "no_data": ("no data", "dim"),
}
NO_TARGET = Text(".", style="dim")
NOT_FINAL = "*"

ID_SHARE = 0.3  # of the width; a longer id is folded
PADDING = (0, 1, 0, 0)
PERIOD_WIDTH = 11  # "on track*" and the space after it
NARROWEST = 60
MOST_DIGITS = 6


def attainment_text(frame: pd.DataFrame, colour: bool, width: int = 100) -> str:
    """Commitments × periods with each status as a word, then the figures of the latest two periods.

    `frame` has the columns of `sla_attainment`, commitments in the contract's order in each period.
    `colour` adds ANSI colours to the words; without it the text is plain. Lines stay within `width`
    (at least 60): periods that don't fit beside each other go into blocks below each other.
    """
    if frame.empty:
        return "No commitment has a target in any period that has begun.\n"
    width = max(width, NARROWEST)
    stream = StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        highlight=False,
    )
    rows = cast("list[dict[str, Any]]", frame.to_dict(orient="records"))
    commitments = list(dict.fromkeys(str(row["commitment_id"]) for row in _newest_first(rows)))
    periods = sorted({cast(date, row["period"]) for row in rows})
    complete_through = rows[0]["complete_through"].tz_convert("UTC")

    console.print(f"SLA attainment, complete through {complete_through:%Y-%m-%d %H:%M:%S} UTC", style="bold")
    by_cell = {(str(row["commitment_id"]), row["period"]): row for row in rows}
    for block in _blocks(periods, commitments, width):
        console.print(_status_table(block, commitments, by_cell, _longest_id(width)))
    if not all(row["final"] for row in rows):
        console.print(
            f"{NOT_FINAL} not final: the period runs, or something owed in it is undecided", style="dim"
        )
    for period in periods[-2:]:  # the one that was closed last, and the one that runs
        console.print()
        console.print(_figures_table([row for row in rows if row["period"] == period], _longest_id(width)))
    lines = (line.rstrip() for line in stream.getvalue().splitlines())
    return "\n".join(lines) + "\n"


def _newest_first(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows by period, the latest first, so that commitments stand in the latest contract's order."""
    return sorted(rows, key=lambda row: cast(date, row["period"]), reverse=True)


def _longest_id(width: int) -> int:
    return int(width * ID_SHARE)


def _blocks(periods: list[date], commitments: list[str], width: int) -> Iterator[list[date]]:
    """The periods in as few blocks as fit the width, none much shorter than the others."""
    names = min(_longest_id(width), max(len(name) for name in [*commitments, "commitment"])) + 2
    most = max((width - names) // PERIOD_WIDTH, 1)
    if len(periods) > most:
        blocks = -(-len(periods) // most)
        most = min(most, -(-len(periods) // blocks))
    for start in range(0, len(periods), most):
        yield periods[start : start + most]


def _status_table(
    periods: list[date],
    commitments: list[str],
    by_cell: dict[tuple[str, date], dict[str, Any]],
    longest_id: int,
) -> Table:
    table = Table(box=RULED, show_edge=False, pad_edge=False, padding=PADDING)
    table.add_column("commitment", max_width=longest_id, overflow="fold")
    for period in periods:
        table.add_column(f"{period:%Y-%m}", no_wrap=True)
    for commitment in commitments:
        cells = (by_cell.get((commitment, period)) for period in periods)
        table.add_row(Text(commitment), *(_status(row) if row else NO_TARGET for row in cells))
    return table


def _status(row: dict[str, Any]) -> Text:
    word, style = STATUS_WORDS[row["status"]]
    return Text(word, style=style) + Text("" if row["final"] else NOT_FINAL)


def _figures_table(rows: Sequence[dict[str, Any]], longest_id: int) -> Table:
    """The figures of the rows of one period."""
    table = Table(box=RULED, show_edge=False, pad_edge=False, padding=PADDING)
    table.add_column(f"{rows[0]['period']:%Y-%m}", max_width=longest_id, overflow="fold")
    table.add_column("owner", no_wrap=True)
    for heading in ("target", "actual"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("outlook", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for row in rows:
        target, actual = target_and_actual(row)
        table.add_row(Text(row["commitment_id"]), row["owner"], target, actual, outlook(row), _status(row))
    return table


def target_and_actual(row: Mapping[str, Any]) -> tuple[str, str]:
    """What was promised, with its comparison, and what was reached, as a row of `sla_attainment` has them."""
    promise = ">= " if row["comparison"] == "at_least" else "<= "
    target, actual = _told_apart(float(row["target"]), row["actual"], METRICS[row["metric"]].kind)
    return promise + target, actual


def _told_apart(target: float, actual: float | None, kind: Kind) -> tuple[str, str]:
    """Target and actual with as few digits as show that they differ."""
    if actual is None or _is_missing(actual):
        return _number(target, kind, 1), "-"
    for digits in range(1, MOST_DIGITS):
        shown = _number(target, kind, digits), _number(actual, kind, digits)
        if shown[0] != shown[1] or target == actual:
            return shown
    return _number(target, kind, MOST_DIGITS), _number(actual, kind, MOST_DIGITS)


def _number(number: float, kind: Kind, digits: int) -> str:
    if kind is Kind.RATE:
        return f"{number * 100:,.{digits}f} %"
    if number == int(number):
        return f"{int(number):,}"
    # a share such as a win rate needs more digits than an amount of money
    return f"{number:,.{digits + 2 if abs(number) < 1 else digits}f}"


def outlook(row: Mapping[str, Any]) -> str:
    """Between which rates the obligations so far can end, or where a running volume is heading."""
    if row["final"]:
        return ""
    if not _is_missing(row["pending"]):
        return f"{row['worst'] * 100:.1f} to {row['best'] * 100:.1f} %" if row["pending"] else ""
    return "" if _is_missing(row["projection"]) else f"about {_number(row['projection'], Kind.VOLUME, 1)}"


def _is_missing(value: Any) -> bool:
    import pandas as pd  # the definitions load without it

    return bool(pd.isna(value))
