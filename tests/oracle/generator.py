"""Random but well-formed, small and nasty histories, in the style of the examples: deterministic by seed.

`python -m tests.oracle.generator FOLDER SEED [SIZE]` writes one; `write_history` does so from a test.
"""

from __future__ import annotations

import argparse
import math
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from .attainment import RATES, RATIOS, Attainment, attain
from .contract import read_contracts
from .funnel import mqls_of
from .generate_boundaries import add_boundaries, remembered
from .generate_contracts import make_contracts
from .generate_files import write_extracts
from .generate_people import populate
from .generate_world import World, make_world
from .obligations import is_active_on, obligations_of, periods_of, rep_loads
from .people import form_people
from .read import CannotRun, History
from .write import Answer, answer


def _write_yaml(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _write_contracts(folder: Path, blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        _write_yaml(folder / "contracts" / f"v{block['version']}.yml", block)


def _near(world: World, row: Attainment) -> int | float:
    """A target at, just above or just below what was reached: where comparisons go wrong."""
    figures = [figure for figure in (row.actual, row.worst, row.best, row.projection) if figure is not None]
    if row.metric in RATES or row.metric == "win_rate":
        reached = world.pick(figures) if figures else Fraction(1, 2)
        return round(float(reached) + world.pick([0, 0, 0, 0.005, -0.005, 0.1, -0.1]), 3) % 1.001
    reached = world.pick(figures) if figures else Fraction(3)
    if row.metric in RATIOS or row.metric == "revenue_won":
        return abs(round(float(reached) * world.pick([1, 1, 0.5, 1.25]), 2))
    return max(int(reached) + world.pick([0, 0, 1, -1, 3]), 0)


def _set_targets(world: World, blocks: list[dict[str, Any]], found: Answer) -> None:
    """Targets by default and by period; some periods have none, and then no row."""
    rows: dict[tuple[int, str], list[Attainment]] = {}
    for row in found.attainment:
        rows.setdefault((row.period.version.number, row.commitment_id), []).append(row)
    for block in blocks:
        for commitment in block["commitments"]:
            comparison = "at_least" if "at_least" in commitment else "at_most"
            reached = rows.get((block["version"], commitment["id"]), [])
            default = _near(world, world.pick(reached)) if reached else 2
            if commitment["metric"].endswith("rate") and not 0 <= default <= 1:
                default = 0.5
            targets: dict[str, Any] = {"default": default}
            for row in reached:
                if world.chance(0.4):
                    targets[f"{row.period.first_day:%Y-%m}"] = _near(world, row)
            if len(targets) > 1 and world.chance(0.2):
                del targets["default"]
            commitment[comparison] = targets if len(targets) > 1 or world.chance(0.2) else default
            if "default" not in targets:
                commitment[comparison] = targets


def _set_capacity(world: World, blocks: list[dict[str, Any]], found: Answer) -> None:
    """Limits by rep at what a part of a period allows for the MQLs received, give or take one."""
    for block in blocks:
        if "capacity" not in block or world.chance(0.3):
            continue
        overrides = []
        for rep_id in ("r1", "r3", "r4", "r5", "r6", "r9"):
            owed = [
                row
                for row in found.obligations
                if row.obligation == "rep_load"
                and row.rep_id == rep_id
                and row.version.number == block["version"]
            ]
            if not owed or world.chance(0.2):
                continue
            load = world.pick(owed)
            period = next(period for period in found.periods if period.first_day == load.period)
            received = sum(
                mql.rep_id == rep_id
                and mql.handed_off_at is not None
                and period.starts_at <= mql.handed_off_at < period.ends_at
                for mql in found.mqls
            )
            days = [day for day in period.days if period.version.calendar.is_business_day(day)]
            active = sum(
                is_active_on(found.people.users[rep_id], day, found.history.contracts) for day in days
            )
            share = Fraction(active or 1, len(days) or 1)
            if world.chance(0.5):  # a day less of the rep would lower min to what was received
                low = math.ceil((received + world.pick([0, 1])) / share)
                high = low + world.pick([0, 3])
            else:  # or max below it
                low, high = 0, math.floor(max(received - 1, 0) / share) + 1
            overrides.append({"rep": rep_id, "min": low, "max": high})
        block["capacity"]["overrides"] = overrides


def _answer_in_memory(history: History) -> Answer:
    people, contracts, end = form_people(history), history.contracts, history.complete_through
    mqls = [
        mql for _, person in sorted(people.persons.items()) for mql in mqls_of(person, people, contracts, end)
    ]
    periods = periods_of(contracts, end)
    owed = [row for mql in mqls for row in obligations_of(mql, contracts, end)]
    owed += rep_loads(mqls, people, periods, contracts, end)
    return Answer(history, people, periods, mqls, owed, attain(history, people, mqls, owed, periods))


def write_history(folder: Path, seed: int, size: int = 40) -> date:
    """Writes `extracts/`, `contracts/` and `sources.yml` of a history of about `size` people under `folder`.

    The same seed and size give the same bytes. Returns the last extract date: any date up to it may be asked
    for as an as-of date (an early one may allow no run).
    """
    world = make_world(seed)
    blocks = make_contracts(world)
    _write_contracts(folder, blocks)
    versions = read_contracts(folder / "contracts")
    populate(world, size)
    for share in (0.35, 0.25, 0.2):
        add_boundaries(world, _answer_in_memory(remembered(world, versions)), share)
    declared = write_extracts(world, folder / "extracts")
    _write_yaml(folder / "sources.yml", {"sources": declared})
    try:
        found = answer(folder / "extracts", folder / "contracts", folder / "sources.yml")
    except CannotRun:  # a series that never began: a history too, with that as its answer
        return world.last_day
    _set_capacity(world, blocks, found)
    _write_contracts(folder, blocks)
    _set_targets(world, blocks, answer(folder / "extracts", folder / "contracts", folder / "sources.yml"))
    _write_contracts(folder, blocks)
    return world.last_day


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.oracle.generator", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("size", type=int, nargs="?", default=40)
    given = parser.parse_args()
    print(write_history(given.folder, given.seed, given.size))
