"""A generated history, delivered day by day: files that come late, wrong at first or wrong again, other contracts.

What is in the landing folder and the contracts folder on a day is all that a day is; the generator's history is what it
ends with.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.oracle.generator import write_history

LATE = (0, 0, 0, 0, 0, 0, 1, 1, 2, 4)
WRONG_AT_FIRST, WRONG_AGAIN = 0.15, 0.05
OTHER_CONTRACT, OTHER_SOURCES = 0.2, 0.1


@dataclass(frozen=True)
class Arrival:
    """A file that is put into the landing folder: `content` under `name`; `instead` of other files of that delivery."""

    name: Path
    content: Path
    instead: tuple[Path, ...] = ()


class Unfolding:
    """The days of a history in a folder of its own: `days` moves it from one to the next."""

    def __init__(self, folder: Path, seed: int, size: int = 40) -> None:
        self.whole, self.now = folder / "whole", folder / "now"
        self.rng = Random(seed)
        write_history(self.whole, seed, size)
        extracts = self.whole / "extracts"
        self.files = sorted(path.relative_to(extracts) for path in extracts.rglob("*") if path.is_file())

    def days(self, count: int) -> Iterator[date]:
        """The last `count` days of the extracts; the first of them brings everything before it as well."""
        dates = sorted({_date(name) for name in self.files})[-count:]
        arrivals = self._arrivals(dates)
        (self.now / "contracts").mkdir(parents=True)
        for number, day in enumerate(dates):
            for arrival in arrivals[number]:
                self._deliver(arrival)
            is_last = number == len(dates) - 1
            self._put_contracts(self.rng.random() < OTHER_CONTRACT and not is_last, is_first=number == 0)
            self._put_sources(self.rng.random() < OTHER_SOURCES and not is_last)
            yield day

    def _arrivals(self, dates: list[date]) -> list[list[Arrival]]:
        """What comes on each day, in the order in which it comes."""
        found: list[list[Arrival]] = [[] for _ in dates]
        last = len(dates) - 1
        for name in self.files:
            place = sum(day < _date(name) for day in dates)
            place = min(place + self.rng.choice(LATE), last)
            right = Arrival(name, name)
            if self.rng.random() < WRONG_AT_FIRST and place < last:
                wrong = self._wrong(name)
                found[place].append(wrong)
                place = self.rng.randint(place + 1, last)
                right = Arrival(name, name, (wrong.name,))
            found[place].append(right)
            if self.rng.random() < WRONG_AGAIN and place + 1 < last:
                wrong = self._wrong(name)
                again = self.rng.randint(place + 1, last - 1)
                found[again].append(Arrival(wrong.name, wrong.content, (name,)))
                found[self.rng.randint(again + 1, last)].append(Arrival(name, name, (wrong.name,)))
        return found

    def _wrong(self, name: Path) -> Arrival:
        """The content of another delivery of the same object, under this one's date and part."""
        content = self.rng.choice([other for other in self.files if other.parent == name.parent])
        stem, ending = _stem(name), content.name.removeprefix(_stem(content))
        return Arrival(name.with_name(stem + ending), content)

    def _deliver(self, arrival: Arrival) -> None:
        landing = self.now / "extracts"
        for name in arrival.instead:
            (landing / name).unlink(missing_ok=True)
        path = landing / arrival.name
        path.parent.mkdir(parents=True, exist_ok=True)
        # in place of a hard link, so that every delivery has a time of its own
        path.unlink(missing_ok=True)
        shutil.copyfile(self.whole / "extracts" / arrival.content, path)

    def _put_contracts(self, is_other: bool, *, is_first: bool) -> None:
        """The contract as it ends, or another on the way there: a version fewer, or one that says something else."""
        paths = sorted((self.whole / "contracts").glob("*.yml"))
        blocks = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}
        if is_first and len(blocks) > 1:
            blocks.pop(max(blocks, key=lambda name: str(blocks[name]["effective_from"])))
        elif is_other:
            _change(self.rng, self.rng.choice(list(blocks.values())))
        for path in (self.now / "contracts").glob("*.yml"):
            path.unlink()
        for name, block in blocks.items():
            text = yaml.safe_dump(block, sort_keys=False, allow_unicode=True)
            (self.now / "contracts" / name).write_text(text, encoding="utf-8")

    def _put_sources(self, is_other: bool) -> None:
        declared = yaml.safe_load((self.whole / "sources.yml").read_text(encoding="utf-8"))
        if is_other:
            source = self.rng.choice(list(declared["sources"].values()))
            if self.rng.random() < 0.5:
                source["shared_emails"] = []
            else:
                source["timezone"] = "Asia/Kolkata"
        (self.now / "sources.yml").write_text(yaml.safe_dump(declared, sort_keys=False), encoding="utf-8")


def _stem(name: Path) -> str:
    """A file's date and part, without its format."""
    stem = name.name.removesuffix(".gz")
    return stem[: stem.rindex(".")]


def _date(name: Path) -> date:
    return date.fromisoformat(name.name[:10])


def _change(rng: Random, block: dict[str, Any]) -> None:
    """Another number in what a version says of who qualifies, who is ready, or what a status means."""
    mql, statuses = block["mql"], block.get("lead_statuses") or {}
    changes = [lambda: mql.update(requalify_after_days=rng.choice([0, 3, 60]))]
    if "threshold" in mql:
        changes.append(lambda: mql.update(threshold=rng.choice([0, 1, 25, 1000])))
    for rule in (*mql.get("fit", ()), *mql.get("engagement", ())):
        changes.append(lambda rule=rule: rule.update(points=rng.choice([1, 5, 40, -10])))  # type: ignore[misc]
    for trigger in (block.get("handoff") or {}).get("triggers", ()):
        changes.append(lambda trigger=trigger: trigger.update(at_least=rng.choice([1, 2, 9])))  # type: ignore[misc]
    if statuses.get("recycled"):
        changes.append(lambda: statuses.update(recycled=[f"not {statuses['recycled'][0]}"]))
    rng.choice(changes)()
