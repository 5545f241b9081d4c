"""What is said while a command works, and at its end: coloured and in place on a terminal, plain elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.status import Status

WIDEST = 120
PLAIN_WIDTH = 100


class Console:
    """Lines with the seconds since the command began; on a terminal a spinner shows that work goes on."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._rich = RichConsole(file=self._stream, highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self._status: Status | None = None

    @property
    def is_terminal(self) -> bool:
        return self._rich.is_terminal

    @property
    def has_colour(self) -> bool:
        return self._rich.color_system is not None

    @property
    def width(self) -> int:
        """The columns that a table may take."""
        return min(shutil.get_terminal_size().columns, WIDEST) if self.is_terminal else PLAIN_WIDTH

    def say(self, text: str) -> None:
        """One line of progress."""
        seconds = time.monotonic() - self._began
        self._rich.print(f"[dim]{seconds:6.1f} s[/dim]  {escape(text)}")

    def print(self, text: str) -> None:
        """A result, as it is: its colours are its own."""
        self._stream.write(text if text.endswith("\n") else text + "\n")
        self._stream.flush()

    def fail(self, text: str) -> None:
        """What went wrong, on the last lines."""
        self._rich.print(f"\n[bold red]Failed.[/bold red] {escape(text)}")

    def warn(self, text: str) -> None:
        self._rich.print(f"[yellow]{escape(text)}[/yellow]")

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show that work goes on: a spinner on a terminal, a line elsewhere."""
        if not self.is_terminal:
            self.say(text)
            yield
            return
        with self._rich.status(escape(text)):
            yield
