"""What each recipient has been told: the memory by which a fact is told once.

What belongs here: the file, its lock, and what is news. A recipient is known by a hash of its address, so that no
secret is kept. A message that was sent just before its run was killed may be sent once more: better twice than never.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dagster_project.alerts.facts import Fact

FILE_NAME = "told.json"
LOCK_NAME = ".told.lock"
FORMAT = 1


class ToldError(RuntimeError):
    """The memory can't be read; the message says what to do."""


@dataclass
class Told:
    """By recipient: subject → state that it was last told, or that held when it was told nothing."""

    path: Path
    states: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, recipient: str) -> Mapping[str, str]:
        return self.states.get(recipient, {})

    def remember(self, recipient: str, facts: Iterable[Fact], looked_at: Collection[str]) -> None:
        """Keep what now holds. What is no longer the case (an obligation that was met) is forgotten.

        `looked_at` are the kinds of facts that this run could see: a failed run knows nothing new of statuses, so what
        was told of them stays.
        """
        kept = {
            subject: state
            for subject, state in self.of(recipient).items()
            if subject.partition("/")[0] not in looked_at
        }
        self.states[recipient] = kept | {fact.subject: fact.state for fact in facts}
        self._write()

    def _write(self) -> None:
        temporary = self.path.with_name(f".{self.path.name}.tmp")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, "told": self.states}, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path)


@contextmanager
def told_in(folder: Path) -> Iterator[Told]:
    """The memory in a folder, held by one run at a time. Raises ToldError for a file that it didn't write."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    with (folder / LOCK_NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Told(path, _read(path))


def news_for(facts: Iterable[Fact], told: Mapping[str, str]) -> list[Fact]:
    """The facts that differ from what was told; neither quiet ones nor a first sight of what is long over."""
    return [
        fact
        for fact in facts
        if not fact.is_quiet
        and told.get(fact.subject) != fact.state
        and not (fact.is_old and fact.subject not in told)
    ]


def _read(path: Path) -> dict[str, dict[str, str]]:
    if not path.exists():
        return {}
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if read["format"] != FORMAT:
            raise ToldError(
                f"{path} has the format {read['format']}, and this version knows {FORMAT}. Use the version that "
                "wrote it, or delete the file: then what holds now is told once more."
            )
        return {recipient: dict(states) for recipient, states in read["told"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToldError(
            f"{path} can't be read. Restore it, or delete it: then what holds now is told once more."
        ) from error
