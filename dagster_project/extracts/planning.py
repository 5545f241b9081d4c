"""What there is to do for a source object: which landed files are new, which are refused or repeated by their names and
bytes alone, and which archived deliveries must be read again.

What belongs here: the rules by which deliveries replace each other. Nothing here reads a file's content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from .archive import Archived
from .declarations import ObjectDeclaration
from .landing import ExtractName, LandedFile, parse_name
from .ledger import ACCEPTED, REFUSED, REPEATED, TWICE, LedgerRow, last_deliveries, part_order
from .sources import Source

READING_RULES = 2  # counts up when the same file would be read otherwise than before

Slot = tuple[date, str | None]


@dataclass(frozen=True)
class Task:
    """A delivery to be read from the archive. `replaces` is the ledger's row of the same delivery, when it is read
    again; `is_rebuild` if only its Parquet is gone or damaged, so that nothing about it changes. `is_landed`: whether
    it was archived just now, from the landing folder.
    """

    name: ExtractName
    file_name: str
    archived: Archived
    delivered_at: datetime
    stamp: str
    delivery: int
    replaces: LedgerRow | None = None
    is_rebuild: bool = False
    is_landed: bool = True

    @property
    def slot(self) -> Slot:
        return (self.name.extract_date, self.name.part)

    @property
    def reading(self) -> int:
        return 1 if self.replaces is None else self.replaces.reading + 1


@dataclass(frozen=True)
class Settled:
    """A delivery whose outcome is known without reading it."""

    task: Task
    outcome: str
    reason: str
    refusal: str | None = None


@dataclass
class Plan:
    tasks: list[Task] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)


def fingerprint(source: Source, declaration: ObjectDeclaration, contract_currency: str) -> str:
    """Changes whenever a delivery would be read otherwise: the settings and rules that reading depends on."""
    settings = {
        "rules": READING_RULES,
        "columns": [
            [column.name, column.type, column.required, *column.aliases] for column in declaration.columns
        ],
        "any_of": declaration.any_of,
        "row_rules": [[rule.reason, rule.column, rule.broken_when] for rule in declaration.rules],
        "family": source.family,
        "timezone": source.timezone,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "decimal": source.decimal,
        "limits": source.limits.model_dump(),
        "currency": source.currency,
        "known": sorted({contract_currency.upper(), *source.rates}),
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def make_plan(
    files: Sequence[LandedFile],
    rows: Sequence[LedgerRow],
    declaration_fingerprint: str,
    keep: Callable[[LandedFile], Archived | None],
    is_sound: Callable[[LedgerRow], bool],
) -> Plan:
    """What to do about the landed files, given what the ledger knows.

    `keep` archives a file, or gives None for one that is still being written: its date and part are left alone.
    `is_sound` says whether the Parquet of a delivery is there as it was written.
    """
    plan = Plan()
    last = last_deliveries(rows)
    by_slot: dict[Slot, list[LandedFile]] = {}
    for file in files:
        by_slot.setdefault((file.name.extract_date, file.name.part), []).append(file)

    arrived: dict[Slot, Task] = {}
    for slot in sorted(by_slot, key=_slot_order):
        of_slot = [row for row in rows if row.slot == slot] if slot in last else []
        if len(by_slot[slot]) > 1:
            plan.settled += _delivered_twice(by_slot[slot], of_slot, keep)
            continue
        task = _new_delivery(by_slot[slot][0], last.get(slot), keep)
        if task is not None:
            arrived[slot] = task

    changed = {*arrived, *(settled.task.slot for settled in plan.settled)}
    holders = {
        (row.extract_date, row.sha256): row.part
        for row in last.values()
        if row.outcome == ACCEPTED and row.slot not in changed
    }
    waiting = {
        slot: _from_ledger(row, row.delivery + 1)
        for slot, row in last.items()
        if row.outcome == REPEATED and slot not in changed
    }
    for slot, task in sorted((arrived | waiting).items(), key=lambda item: _slot_order(item[0])):
        held = (task.name.extract_date, task.archived.sha256)
        if held not in holders:
            holders[held] = task.name.part
            plan.tasks.append(task)
        elif slot in arrived:
            other = "without a part" if holders[held] is None else f"part {holders[held]}"
            reason = f"the same bytes as the delivery {other} of that date: no effect"
            plan.settled.append(Settled(task, REPEATED, reason))
    plan.tasks += _to_read_again(
        last, changed | {task.slot for task in plan.tasks}, declaration_fingerprint, is_sound
    )
    plan.tasks.sort(key=lambda task: (*_slot_order(task.slot), task.delivery))
    return plan


def _slot_order(slot: Slot) -> tuple[date, tuple[bool, bytes]]:
    return (slot[0], part_order(slot[1]))


def _new_delivery(
    file: LandedFile, last: LedgerRow | None, keep: Callable[[LandedFile], Archived | None]
) -> Task | None:
    """The task of a file whose content is not what its date and part delivered last."""
    is_known = last is not None and last.file_name == file.file_name and last.refusal != TWICE
    if is_known and last is not None and last.stamp == file.stamp:
        return None
    archived = keep(file)
    if archived is None or (is_known and last is not None and last.sha256 == archived.sha256):
        return None
    return _task(file, archived, 1 if last is None else last.delivery + 1)


def _task(file: LandedFile, archived: Archived, delivery: int) -> Task:
    return Task(file.name, file.file_name, archived, file.delivered_at, file.stamp, delivery)


def _delivered_twice(
    files: list[LandedFile], of_slot: Sequence[LedgerRow], keep: Callable[[LandedFile], Archived | None]
) -> list[Settled]:
    """Refusals of files that claim the same date and part; none if the ledger has just these already."""
    kept = [(file, keep(file)) for file in files]
    if any(archived is None for _, archived in kept):
        return []
    known = {row.file_name: row.sha256 for row in of_slot[-len(files) :] if row.refusal == TWICE}
    if known == {file.file_name: archived.sha256 for file, archived in kept if archived is not None}:
        return []
    first = of_slot[-1].delivery + 1 if of_slot else 1
    settled = []
    for position, (file, archived) in enumerate(kept):
        assert archived is not None
        others = ", ".join(other.file_name for other in files if other is not file)
        reason = f"the same date and part is also there as {others}. Remove the file that isn't meant."
        settled.append(Settled(_task(file, archived, first + position), REFUSED, reason, TWICE))
    return settled


def task_again(row: LedgerRow, archived: Archived) -> Task:
    """A known delivery, to be read again from what the archive keeps of it now."""
    return replace(_from_ledger(row, row.delivery, again=True), archived=archived)


def task_to_restore(row: LedgerRow) -> Task:
    """A known delivery whose Parquet is gone or damaged, to be made again as it was, replaced since or not."""
    return _from_ledger(row, row.delivery, again=True, is_rebuild=True)


def _from_ledger(row: LedgerRow, delivery: int, *, again: bool = False, is_rebuild: bool = False) -> Task:
    name = parse_name(row.file_name)
    assert name is not None  # only files whose names were understood are in the ledger
    return Task(
        name=name,
        file_name=row.file_name,
        archived=Archived(row.sha256, row.size_bytes, row.kept_sha256, row.rows_erased),
        delivered_at=row.delivered_at,
        stamp=row.stamp,
        delivery=delivery,
        replaces=row if again else None,
        is_rebuild=is_rebuild,
        is_landed=False,
    )


def _to_read_again(
    last: Mapping[Slot, LedgerRow],
    changed: set[Slot],
    declaration_fingerprint: str,
    is_sound: Callable[[LedgerRow], bool],
) -> list[Task]:
    """Deliveries in force that would be read otherwise today, or whose Parquet is gone or damaged."""
    tasks = []
    for slot, row in last.items():
        if slot in changed or row.outcome not in (ACCEPTED, REFUSED) or row.refusal == TWICE:
            continue
        if row.declaration != declaration_fingerprint:
            tasks.append(_from_ledger(row, row.delivery, again=True))
        elif not is_sound(row):
            tasks.append(task_to_restore(row))
    return tasks
