"""Sentences and tables, shown as text on a terminal or as a page: the same words in both.

What belongs here: how they are laid out. What doesn't: which there are, and the page's markup (`templates/`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

TEMPLATES_FOLDER = Path(__file__).parent / "templates"
NARROWEST = 60


@dataclass(frozen=True)
class View:
    """A table as it is shown: its title, its column headings and its cells, all of them words.

    The first `text_columns` columns are text, the others numbers.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: int


def as_text(
    title: str, sentences: Iterable[str], views: Iterable[View], *, colour: bool, width: int = 100
) -> str:
    """For a terminal: the sentences, then the tables. Lines stay within `width` (at least 60); `colour` adds ANSI."""
    stream = StringIO()
    console = Console(
        file=stream,
        width=max(width, NARROWEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        highlight=False,
    )
    console.print(Text(title, style="bold"))
    for sentence in sentences:
        console.print(Text(sentence))
    for view in views:
        console.print()
        console.print(_table(view))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def as_page(title: str, sentences: Sequence[str], views: Sequence[View], language: str) -> str:
    """One self-contained HTML page, every word of it escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("page.html")
    return page.render(title=title, sentences=list(sentences), views=list(views), language=language)


def _table(view: View) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        title=Text(view.title, style="bold"),
        title_justify="left",
        pad_edge=False,
        show_edge=False,
    )
    for place, heading in enumerate(view.headings):
        table.add_column(
            Text(heading), justify="left" if place < view.text_columns else "right", overflow="fold"
        )
    for row in view.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
