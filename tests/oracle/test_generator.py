"""The generated histories: the same from the same seed, and rich enough to judge by."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from tests.oracle.generator import write_history
from tests.oracle.write import answer


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    write_history(tmp_path / "once", seed=4, size=20)
    write_history(tmp_path / "again", seed=4, size=20)
    write_history(tmp_path / "another", seed=5, size=20)
    assert _digest(tmp_path / "once") == _digest(tmp_path / "again")
    assert _digest(tmp_path / "once") != _digest(tmp_path / "another")


def test_a_handful_of_histories_meets_every_kind_of_obligation_outcome_and_status(tmp_path: Path) -> None:
    met: Counter[str] = Counter()
    for seed in range(1, 7):
        folder = tmp_path / str(seed)
        write_history(folder, seed)
        found = answer(folder / "extracts", folder / "contracts", folder / "sources.yml")
        met.update(f"{row.obligation} {row.outcome}" for row in found.obligations)
        met.update(f"status {row.status}" for row in found.attainment)
        met.update("later cycle" for mql in found.mqls if mql.cycle > 1)
        met.update("never handed off" for mql in found.mqls if mql.handed_off_at is None)
    kinds = (
        "handoff", "first_attempt", "cadence", "disposition", "no_contact", "sql", "opportunity", "customer",
        "rep_load",
    )  # fmt: skip
    wanted = [f"{kind} {outcome}" for kind in kinds for outcome in ("met", "breached")]
    wanted += [f"status {status}" for status in ("met", "missed", "on_track", "at_risk", "no_data")]
    wanted += ["customer pending", "rep_load pending", "later cycle", "never handed off"]
    assert [name for name in wanted if not met[name]] == []
