"""The oracle against the worked-out answers of the example histories."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.oracle.write import all_tables, answer, write_tables

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("history", sorted(EXAMPLES.glob("history-*")), ids=lambda folder: folder.name)
def test_the_oracle_agrees_with_the_worked_out_answers(history: Path, tmp_path: Path) -> None:
    found = answer(history / "extracts", history / "contracts", history / "sources.yml")
    write_tables(all_tables(found), tmp_path)
    comparison = subprocess.run(
        [sys.executable, EXAMPLES / "compare.py", history / "expected", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert comparison.returncode == 0, comparison.stdout + comparison.stderr
